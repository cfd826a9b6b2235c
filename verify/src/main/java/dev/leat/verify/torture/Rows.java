package dev.leat.verify.torture;

import dev.leat.api.JobId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What handlers write beside Leat's own tables: a row with each completion that they commit themselves. */
final class Rows {
    private Rows() {}

    /** The table has no key: a row that is there twice must show. */
    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists torture_row(job bigint not null)");
        }
    }

    static void write(Connection connection, JobId job) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into torture_row values (?)")) {
            insert.setLong(1, job.value());
            insert.executeUpdate();
        }
    }

    /** The job of each. */
    static List<JobId> all(Connection connection) throws SQLException {
        List<JobId> jobs = new ArrayList<>();
        try (Statement select = connection.createStatement();
                ResultSet rows = select.executeQuery("select job from torture_row")) {
            while (rows.next()) {
                jobs.add(new JobId(rows.getLong(1)));
            }
        }
        return jobs;
    }
}
