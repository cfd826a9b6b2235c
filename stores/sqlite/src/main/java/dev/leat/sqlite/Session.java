package dev.leat.sqlite;

import dev.leat.sqlite.Statements.Statement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One connection and what is prepared on it. For one thread at a time; begins and ends transactions only when told. */
final class Session implements AutoCloseable {
    private final Connection connection;
    private final Map<String, Query> queries = new HashMap<>();
    private final Map<String, PreparedStatement> commands = new HashMap<>();

    Session(Connection connection) {
        this.connection = connection;
    }

    /** Prepared once, unless it failed, which ends it; each use is over before the next one begins. */
    Query query(String name) throws SQLException {
        Query query = queries.get(name);
        if (query == null || query.failed) {
            Statement statement = Statements.ALL.get(name);
            query = new Query(connection.prepareStatement(statement.sql()), statement.places());
            queries.put(name, query);
        }
        return query;
    }

    /** Runs what has neither parameters nor a result. */
    void execute(String command) throws SQLException {
        PreparedStatement prepared = commands.get(command);
        if (prepared == null) {
            prepared = connection.prepareStatement(command);
            commands.put(command, prepared);
        }
        try {
            prepared.execute();
        } catch (SQLException e) {
            commands.remove(command);
            throw e;
        }
    }

    /** Several statements, separated by semicolons. */
    void script(String text) throws SQLException {
        try (java.sql.Statement statement = connection.createStatement()) {
            statement.executeUpdate(text);
        }
    }

    /** What a pragma says. */
    String pragma(String text) throws SQLException {
        try (java.sql.Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery("pragma " + text)) {
            return results.next() ? results.getString(1) : "";
        }
    }

    /** A number that may be missing. */
    static @Nullable Long number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : (Long) number;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** One statement, to be set and run over and over. What was set is forgotten by each run. */
    static final class Query {
        private final PreparedStatement prepared;
        private final Map<String, Integer> places;

        /** The driver ends a statement that fails. */
        private boolean failed;

        Query(PreparedStatement prepared, Map<String, Integer> places) {
            this.prepared = prepared;
            this.places = places;
        }

        Query set(String parameter, long value) throws SQLException {
            prepared.setLong(place(parameter), value);
            return this;
        }

        Query set(String parameter, @Nullable Long value) throws SQLException {
            prepared.setObject(place(parameter), value);
            return this;
        }

        Query set(String parameter, @Nullable String value) throws SQLException {
            prepared.setString(place(parameter), value);
            return this;
        }

        Query set(String parameter, byte @Nullable [] value) throws SQLException {
            prepared.setBytes(place(parameter), value);
            return this;
        }

        private int place(String parameter) {
            Integer place = places.get(parameter);
            if (place == null) {
                throw new IllegalStateException("there is no parameter " + parameter);
            }
            return place;
        }

        /** How many rows were changed. */
        int update() throws SQLException {
            try {
                int changed = prepared.executeUpdate();
                prepared.clearParameters();
                return changed;
            } catch (SQLException | RuntimeException e) {
                end(e);
                throw e;
            }
        }

        private void end(Exception because) {
            failed = true;
            try {
                prepared.close();
            } catch (SQLException e) {
                because.addSuppressed(e);
            }
        }

        <T> List<T> rows(Row<T> row) throws SQLException {
            List<T> read = new ArrayList<>();
            each(results -> {
                read.add(row.read(results));
                return true;
            });
            return read;
        }

        <T> Optional<T> first(Row<T> row) throws SQLException {
            List<T> read = new ArrayList<>(1);
            each(results -> {
                read.add(row.read(results));
                return false;
            });
            return read.stream().findFirst();
        }

        /** Reads rows until one says that it was enough. */
        void each(Row<Boolean> reader) throws SQLException {
            try (ResultSet results = prepared.executeQuery()) {
                boolean more = true;
                while (more && results.next()) {
                    more = reader.read(results);
                }
                prepared.clearParameters();
            } catch (SQLException | RuntimeException e) {
                end(e);
                throw e;
            }
        }
    }

    /** Makes a value of the row that the results stand at. */
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }
}
