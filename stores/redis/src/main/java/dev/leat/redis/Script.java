package dev.leat.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A script as Redis runs it, and the name that Redis knows it by. */
record Script(Keyspace space, String name, String source, String sha1) {
    static Script load(Keyspace space, String name) {
        return of(space, name, read(space.directory() + "/shared") + read(space.directory() + "/" + name));
    }

    /** What asks which commands the user may run, on the keys of a space. */
    static Script probe(Keyspace space) {
        return of(space, "probe", read("probe"));
    }

    static Script of(Keyspace space, String name, String source) {
        return new Script(space, name, source, sha1(source.getBytes(UTF_8)));
    }

    private static String read(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("no script " + name);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
