package dev.leat.postgres;

import dev.leat.postgres.Statements.Statement;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** One execution of a query on a connection: set every parameter by name, then run it. Not for more than one use. */
final class Call {
    private final Connection connection;
    private final Statement statement;
    private final Map<String, @Nullable Object> values = new HashMap<>();

    Call(Connection connection, Statement statement) {
        this.connection = connection;
        this.statement = statement;
    }

    /** @param value a number, text, boolean, byte array, UUID or null */
    Call set(String parameter, @Nullable Object value) {
        values.put(parameter, value);
        return this;
    }

    /**
     * @param type of the elements, as PostgreSQL names it
     * @param elements a Java array, of primitives or of objects that may be null
     */
    Call array(String parameter, String type, Object elements) throws SQLException {
        Array array = connection.unwrap(PGConnection.class).createArrayOf(type, elements);
        return set(parameter, array);
    }

    /** Runs the query and reads each of its rows. */
    <T> List<T> rows(Row<T> row) throws SQLException {
        try (PreparedStatement prepared = prepare();
                ResultSet results = prepared.executeQuery()) {
            List<T> read = new ArrayList<>();
            while (results.next()) {
                read.add(row.read(results));
            }
            return read;
        }
    }

    /** Runs two queries that were put together, and reads the rows of both. */
    <A, B> void rows(Row<A> ofFirst, Row<B> ofSecond) throws SQLException {
        try (PreparedStatement prepared = prepare()) {
            prepared.execute();
            read(prepared, ofFirst);
            prepared.getMoreResults();
            read(prepared, ofSecond);
        }
    }

    private static <T> void read(PreparedStatement executed, Row<T> row) throws SQLException {
        try (ResultSet results = executed.getResultSet()) {
            while (results.next()) {
                row.read(results);
            }
        }
    }

    /** Runs a query without result and says how many rows it changed. */
    int update() throws SQLException {
        try (PreparedStatement prepared = prepare()) {
            return prepared.executeUpdate();
        }
    }

    private PreparedStatement prepare() throws SQLException {
        PreparedStatement prepared = connection.prepareStatement(statement.sql());
        try {
            int place = 0;
            for (String parameter : statement.parameters()) {
                if (!values.containsKey(parameter)) {
                    throw new IllegalStateException("parameter " + parameter + " is not set");
                }
                prepared.setObject(++place, values.get(parameter));
            }
            return prepared;
        } catch (SQLException | RuntimeException e) {
            prepared.close();
            throw e;
        }
    }

    /** Makes a value of the row that the results stand at. */
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }
}
