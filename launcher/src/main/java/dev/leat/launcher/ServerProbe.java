package dev.leat.launcher;

import dev.leat.launcher.LauncherException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Asks the server on a port whether it is ours and ready. SCRAM proves both ways: the server must know our password to
 * complete the login, so a stranger on the port is not mistaken for ours.
 */
record ServerProbe(int port, String password) {
    enum Answer {
        READY,
        NOT_YET
    }

    static final String USER = "leat";
    static final String DATABASE = "leat";

    private static final String WRONG_PASSWORD = "28P01";
    private static final String NO_SUCH_ROLE = "28000";
    private static final String NO_SUCH_DATABASE = "3D000";

    /** Ready means: the user can log in to the database, which is created if it is absent. */
    Answer ask() {
        SQLException failure = connect(DATABASE, null);
        if (failure != null && Objects.equals(failure.getSQLState(), NO_SUCH_DATABASE)) {
            failure = connect("postgres", "CREATE DATABASE " + DATABASE);
        }
        if (failure == null) {
            return Answer.READY;
        }
        String state = String.valueOf(failure.getSQLState());
        if (state.equals(WRONG_PASSWORD) || state.equals(NO_SUCH_ROLE)) {
            throw new LauncherException(
                    Reason.PASSWORD_REFUSED,
                    "The server on port " + port + " does not accept user \"" + USER
                            + "\" with the password kept beside its"
                            + " data. Put the right password into that file, or use another directory.",
                    failure);
        }
        return Answer.NOT_YET;
    }

    private @Nullable SQLException connect(String database, @Nullable String statement) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"127.0.0.1"});
        source.setPortNumbers(new int[] {port});
        source.setDatabaseName(database);
        source.setUser(USER);
        source.setPassword(password);
        source.setSslmode("disable");
        source.setConnectTimeout(2);
        source.setSocketTimeout(10);
        try (Connection connection = source.getConnection();
                Statement sql = connection.createStatement()) {
            if (statement != null) {
                sql.execute(statement);
            }
            return null;
        } catch (SQLException e) {
            return e;
        }
    }
}
