package dev.leat.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Connections outside the pool. */
final class PlainConnection {
    private PlainConnection() {}

    /** Committing by itself, with time-outs, and with no statement that is kept prepared at the server. */
    static Connection to(PostgresConfig config) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", config.user());
        properties.setProperty("password", config.password());
        properties.setProperty("ApplicationName", "leat");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("prepareThreshold", "0");
        return DriverManager.getConnection(config.url(), properties);
    }
}
