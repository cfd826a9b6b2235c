package dev.leat.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Locale;

/** Keys that lie on one node of a cluster, which the braces in their names see to. A script is given all keys of its space, in this order. */
enum Keyspace {
    JOBS(
            "0", // leaves room for more shards
            "meta",
            "lanes",
            "counts",
            "pages",
            "order",
            "bodies",
            "states",
            "ready",
            "suspects",
            "due",
            "leases",
            "ends",
            "claims",
            "notes",
            "unique",
            "over",
            "history",
            "names",
            "acks"),
    CONTROL("control", "meta", "records", "names", "revisions", "journals", "leaders");

    private final String tag;
    private final List<String> names;

    Keyspace(String tag, String... names) {
        this.tag = tag;
        this.names = List.of(names);
    }

    String key(String prefix, String name) {
        return "{" + prefix + ":" + tag + "}:" + name;
    }

    byte[][] keys(String prefix) {
        return names.stream().map(name -> key(prefix, name).getBytes(UTF_8)).toArray(byte[][]::new);
    }

    /** Where its scripts are. */
    String directory() {
        return name().toLowerCase(Locale.ROOT);
    }
}
