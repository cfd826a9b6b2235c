package dev.leat.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A script as Redis runs it, and the name that Redis knows it by. */
record Script(Keyspace space, String name, String source, String sha1) {
    static Script load(Keyspace space, String name) {
        return load(space, "", List.of(space.directory() + "/shared", space.directory() + "/" + name));
    }

    /**
     * One that is made of several files.
     *
     * @param prelude what it begins with
     * @param parts the files, the last of which gives it its name
     */
    static Script load(Keyspace space, String prelude, List<String> parts) {
        return of(
                space,
                parts.getLast(),
                prelude + parts.stream().map(Script::read).collect(joining()));
    }

    /** What asks which commands the user may run, on the keys of a space. */
    static Script probe(Keyspace space) {
        return of(space, "probe", read("probe"));
    }

    /** The same for what only streams need. */
    static Script streamsProbe() {
        return of(Keyspace.JOBS, "streams/probe", read("streams/probe"));
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
