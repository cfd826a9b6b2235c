package dev.leat.cli.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a node logs: what Leat does from INFO on, all others from WARN on, to standard error. */
enum Logs {
    /** Lines for people. */
    TEXT {
        @Override
        Encoder<ILoggingEvent> encoder(LoggerContext context) {
            PatternLayoutEncoder lines = new PatternLayoutEncoder();
            lines.setContext(context);
            lines.setPattern("%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{20} - %msg%n");
            return lines;
        }
    },

    /** One JSON object a line, for what gathers logs. */
    JSON {
        @Override
        Encoder<ILoggingEvent> encoder(LoggerContext context) {
            JsonEncoder lines = new JsonEncoder();
            lines.setContext(context);
            lines.setWithSequenceNumber(false);
            lines.setWithContext(false);
            return lines;
        }
    };

    abstract Encoder<ILoggingEvent> encoder(LoggerContext context);

    /** In place of what holds for commands that only ask. */
    void begin(Map<String, String> environment) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Encoder<ILoggingEvent> encoder = encoder(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console);
        context.getLogger("dev.leat").setLevel(Level.toLevel(environment.get("LEAT_LOG"), Level.INFO));
        // What breaks a connection reaches its user as an exception; the pool would say it twice, with a stack.
        context.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
    }
}
