package dev.leat.cli.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version this program was built as, which the build writes into {@code version.properties}. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"leat " + number()};
    }

    /** Such as {@code 0.1.0}. */
    public static String number() {
        try (InputStream in = Version.class.getResourceAsStream("/dev/leat/cli/version.properties")) {
            Properties properties = new Properties();
            properties.load(Objects.requireNonNull(in, "version.properties is missing from the program"));
            return Objects.requireNonNull(properties.getProperty("version"), "version.properties names no version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
