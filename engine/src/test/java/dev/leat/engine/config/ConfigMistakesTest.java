package dev.leat.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake, and the very words it is told with. */
class ConfigMistakesTest {
    private static final String SERVER = "host, port, allowed_hosts, request_timeout, max_body";
    private static final String HOST = "127.0.0.1, ::1 or localhost";
    private static final String NAME =
            "1 to 63 characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit";
    private static final String STORE = "store: {url: 'jdbc:postgresql://h/d', user: u, ";

    @TempDir
    private Path dir;

    private static ConfigException refused(String yaml, Map<String, String> environment) {
        return catchThrowableOfType(
                ConfigException.class, () -> LeatConfig.CONFIG.read("leat.yaml", yaml, environment));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                // Keys.
                arguments(
                        "server: {prot: 1}", "1:10: server.prot is not known (did you mean port?); allowed: " + SERVER),
                arguments(
                        "server: {allowedHosts: []}",
                        "1:10: server.allowedHosts is not known (did you mean allowed_hosts?); allowed: " + SERVER),
                arguments(
                        "port: 1",
                        "1:1: port is not known (did you mean server.port?); allowed: server, worker, retention,"
                                + " store, backends, queues, kinds"),
                arguments("server: {\"a\\nb\": 1}", "1:10: server.\"a\\u{A}b\" is not known; allowed: " + SERVER),
                arguments(
                        "<<: {}",
                        "1:1: \"<<\" is not known; allowed: server, worker, retention, store,"
                                + " backends, queues, kinds"),
                arguments(
                        "server:\n  port: 1\n  port: 2\n",
                        "3:3: server.port is there twice, first in line 2; allowed: each key once"),
                arguments(
                        "store: {user: u}",
                        "1:8: store.url is missing; allowed: a text, such as"
                                + " jdbc:postgresql://host:port/database or sqlite:/path/leat.db"),
                arguments("? [a]\n: b", "1:3: the file has a list as a key; allowed: a text as a key"),
                arguments(
                        "retention: {completed: 0s}",
                        "1:24: retention.completed is 0s; allowed: never, or a duration from 1d to 3650d"),
                arguments(
                        "retention: {completed: soon}",
                        "1:24: retention.completed is \"soon\"; allowed: a duration such as 250ms, 30s, 5m, 1h or 2d,"
                                + " or never"),
                arguments(
                        "retention: {completed: 60d, discarded: 30d}",
                        "1:40: retention.discarded is 30d, less than completed jobs are kept; allowed: never, or a"
                                + " duration from 60d to 3650d"),
                arguments(
                        "retention: {completed: never, cancelled: 7d}",
                        "1:42: retention.cancelled is 7d, less than completed jobs are kept; allowed: never"),
                // Types.
                arguments("server: {port: [1]}", "1:16: server.port is a list; allowed: a whole number"),
                arguments("server: {host: {a: b}}", "1:16: server.host is a section; allowed: a text"),
                arguments("server: 1", "1:9: server is a single value; allowed: a section with " + SERVER),
                arguments(
                        "worker: {queues: a}",
                        "1:18: worker.queues is a single value; allowed: a list, such as [a, b]"),
                arguments(
                        "kinds: {exec: {commands: [a]}}",
                        "1:26: kinds.exec.commands is a list; allowed: a section with names of your own as keys"),
                arguments("server: {port: }", "1:15: server.port has no value; allowed: a whole number"),
                arguments(
                        "hello",
                        "1:1: the file is a single value; allowed: a section with server, worker, retention, store,"
                                + " backends, queues, kinds"),
                arguments(
                        "queues: {a: {backend: b}}",
                        "1:9: queues have a in backend \"b\", which is not configured; allowed: default"),
                arguments(
                        "queues: {a: {config: {b: c}}}",
                        "1:9: queues have a with a config of its own in backend default, which is the store, and no"
                                + " store is configured; allowed: a store; or a backend of those under backends; or no"
                                + " config"),
                arguments(
                        "{backends: {b: {url: x}, b.a: {url: x}}, queues: {a: {backend: b, config: {c: d}}}}",
                        "1:50: queues have a with a config of its own, so with a place of its own named b.a, and there"
                                + " is another of that name; allowed: another name for the queue, or for the backend"),
                arguments(
                        "{backends: {b: {url: x}, b.c: {url: x}},"
                                + " queues: {c.d: {backend: b, config: {e: f}}, d: {backend: b.c, config: {e: f}}}}",
                        "1:50: queues have d with a config of its own, so with a place of its own named b.c.d, and"
                                + " there is another of that name; allowed: another name for the queue, or for the"
                                + " backend"),
                arguments(
                        "{backends: {b: {url: x}}, queues: {" + "q".repeat(62) + ": {backend: b, config: {c: d}}}}",
                        "1:35: queues have " + "q".repeat(62) + " with a config of its own, so with a place of its own"
                                + " named b." + "q".repeat(62) + "; allowed: " + NAME),
                arguments(
                        "backends: {default: {url: x}}",
                        "1:11: backends name one default, which is the store; allowed: another name"),
                arguments(
                        "queues: {a: {requires: {durability: D2}}}",
                        "1:37: queues.a.requires.durability is \"D2\";" + " allowed: one of d0, d1, d2, d3"),
                // Values.
                arguments("server: {port: x}", "1:16: server.port is \"x\"; allowed: a whole number"),
                arguments("server: {port: 8_080}", "1:16: server.port is \"8_080\"; allowed: a whole number"),
                arguments(
                        "server: {port: 0123}",
                        "1:16: server.port is \"0123\"; allowed: a whole number without leading zeros"),
                arguments(
                        "server: {port: 99999999999999999999}",
                        "1:16: server.port is \"99999999999999999999\";"
                                + " allowed: a whole number from -2147483648 to 2147483647"),
                arguments(
                        "server: {port: 65536}", "1:16: server.port is 65536; allowed: a whole number from 0 to 65535"),
                arguments("server: {host: ''}", "1:16: server.host is empty; allowed: " + HOST),
                arguments(
                        "server: {host: example.org}",
                        "1:16: server.host is \"example.org\", which is no address; allowed: " + HOST),
                arguments(
                        "server: {host: 0.0.0.0}",
                        "1:16: server.host is 0.0.0.0, which other machines can reach, and there are no keys yet;"
                                + " allowed: " + HOST),
                arguments(
                        "worker: {slots: 1}\nkinds: {http: {enabled: false}, sleep: {enabled: false}, fail: {enabled:"
                                + " false}}",
                        "2:8: kinds are all switched off, but worker.enabled is true; allowed: at least one kind that"
                                + " is enabled, or worker.enabled: false"),
                arguments(
                        "server: {allowed_hosts: [jobs.example.org, 'https://jobs']}",
                        "1:25: server.allowed_hosts has \"https://jobs\", which is no name of a host; allowed: names"
                                + " or addresses without scheme, port and wildcards"),
                arguments(
                        "server: {allowed_hosts: ['*', ok, '']}",
                        "1:25: server.allowed_hosts has \"*\", \"\", which are no names of hosts; allowed: names"
                                + " or addresses without scheme, port and wildcards"),
                arguments(
                        "kinds: {http: {allowed_hosts: ['billing:8080']}}",
                        "1:31: kinds.http.allowed_hosts has \"billing:8080\", which is no name of a host; allowed:"
                                + " names or addresses without scheme, port and wildcards"),
                arguments(
                        "server: {request_timeout: 30}",
                        "1:27: server.request_timeout is \"30\"; allowed: a duration such as 250ms, 30s, 5m, 1h or 2d"),
                arguments("worker: {lease: 500ms}", "1:17: worker.lease is 500ms; allowed: a duration from 1s to 1d"),
                arguments(
                        "server: {max_body: 16MB}",
                        "1:20: server.max_body is \"16MB\"; allowed: a size such as 512B, 64KiB, 16MiB or 2GiB"),
                arguments(
                        "server: {max_body: 1GiB}",
                        "1:20: server.max_body is 1GiB; allowed: a size from 1KiB to 256MiB"),
                arguments("worker: {enabled: yes}", "1:19: worker.enabled is \"yes\"; allowed: true or false"),
                arguments("worker: {queues: [ok, Mail]}", "1:23: worker.queues[1] is \"Mail\"; allowed: " + NAME),
                arguments(
                        "kinds: {exec: {commands: {A b: [x]}}}",
                        "1:27: kinds.exec.commands.\"A b\" is no name; allowed: " + NAME),
                arguments(
                        STORE + "password: 'file:/no/such'}",
                        "1:58: store.password is in the file \"/no/such\", which does not exist;"
                                + " allowed: a readable UTF-8 file of at most 64KiB"),
                // Variables.
                arguments(
                        "server: {host: 'a${NOPE}'}",
                        "1:16: server.host needs the environment variable \"NOPE\", which is not set;"
                                + " allowed: a variable that is set, or a default: ${NOPE:default}"),
                arguments(
                        "server: {host: '${A-B}'}",
                        "1:16: server.host has a ${ in it that no variable follows;"
                                + " allowed: ${NAME}, ${NAME:default}, or $${ for the characters themselves"),
                arguments(
                        "server: {port: '${NOPE:x}'}",
                        "1:16: server.port is \"x\", written as ${NOPE:x}; allowed: a whole number"),
                // YAML.
                arguments(
                        "server: {port: 1",
                        "1:17: the file is not YAML: expected ',' or '}', but got <stream end>"
                                + " while parsing a flow mapping; allowed: YAML 1.2"),
                arguments(
                        "server: {host: ${A}}",
                        "1:17: the file is not YAML: expected ',' or '}', but got { while parsing a flow mapping;"
                                + " allowed: YAML 1.2; ${NAME} between braces needs quotes"),
                arguments(
                        "a: @b",
                        "1:4: the file is not YAML: found character '@' that cannot start any token"
                                + " while scanning for the next token; allowed: YAML 1.2"),
                arguments(
                        "server:\n\tport: 1", "2:1: the file has a line that is indented with a tab; allowed: spaces"),
                arguments("server: {}\n---\n{}", "3:1: the file has a second document here; allowed: one document"),
                arguments(
                        "server: {host: \"\u0007\"}",
                        "1:17: the file holds the character U+0007, which YAML does not allow;"
                                + " allowed: printable characters"),
                arguments("server: {port: &x 1}", "1:16: server.port has the anchor &x; allowed: the value itself"),
                arguments("server: {port: *x}", "1:16: server.port uses the alias *x; allowed: the value itself"),
                arguments(
                        "server: !!java.net.URL {}",
                        "1:9: server has the tag \"tag:yaml.org,2002:java.net.URL\"; allowed: a value without a tag"),
                arguments(
                        "server: {port: !!int 1}",
                        "1:16: server.port has the tag \"tag:yaml.org,2002:int\"; allowed: a value without a tag"),
                arguments("[".repeat(30), "1:21: the file is nested more than 20 deep; allowed: at most 20 levels"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void isToldInTheseWords(String yaml, String told) {
        assertThat(refused(yaml, Map.of())).hasMessage("leat.yaml:" + told);
    }

    static Stream<Arguments> variables() {
        return Stream.of(
                arguments("LEAT_SERVER_PORT", "x", "LEAT_SERVER_PORT: server.port is \"x\"; allowed: a whole number"),
                arguments(
                        "LEAT_SERVER_PORT",
                        "-1",
                        "LEAT_SERVER_PORT: server.port is -1; allowed: a whole number from 0 to 65535"),
                arguments(
                        "LEAT_WORKER_QUEUES", "a,B", "LEAT_WORKER_QUEUES: worker.queues[1] is \"B\"; allowed: " + NAME),
                arguments(
                        "LEAT_SERVR_PORT",
                        "1",
                        "environment: LEAT_SERVR_PORT is no variable of Leat (did you mean LEAT_SERVER_PORT?);"
                                + " allowed: LEAT_ and a path, such as LEAT_SERVER_PORT"),
                arguments(
                        "LEAT_NOTHING_LIKE_IT",
                        "1",
                        "environment: LEAT_NOTHING_LIKE_IT is no variable of Leat;"
                                + " allowed: LEAT_ and a path, such as LEAT_SERVER_PORT"));
    }

    @ParameterizedTest
    @MethodSource("variables")
    void ofTheEnvironmentIsToldToo(String name, String value, String told) {
        assertThat(refused("", Map.of(name, value))).hasMessage(told);
    }

    @Test
    void everyMistakeIsToldInTheOrderOfTheFile() {
        ConfigException e = refused("""
            server:
              prot: 1
              port: 70000
              max_body: 1B
              port: 2
            worker: {slots: 0, lease: x, poll: 2h, queues: [&a B, *a]}
            store: {url: [x], schema: {}, connections: 1}
            kinds: {http: [], exec: {commands: {a: {}, b: []}}}
            """, Map.of("LEAT_WORKER_GRACE", "2d"));
        assertThat(e.problems().stream().map(each -> each.line() + " " + each.path()))
                .containsExactly(
                        "0 worker.grace",
                        "2 server.prot",
                        "3 server.port",
                        "4 server.max_body",
                        "5 server.port",
                        "6 worker.slots",
                        "6 worker.lease",
                        "6 worker.poll",
                        "6 worker.queues[0]",
                        "6 worker.queues[0]",
                        "6 worker.queues[1]",
                        "7 store.url",
                        "7 store.schema",
                        "7 store.connections",
                        "8 kinds.http",
                        "8 kinds.exec.commands.a.run",
                        "8 kinds.exec.commands.b.run");
        assertThat(e.getMessage().lines()).hasSize(17);
    }

    @Test
    void aFileFullOfMistakesIsNotToldLineByLine() {
        String yaml =
                IntStream.range(0, 10_000).mapToObj(i -> "key" + i + ": 1").collect(Collectors.joining("\n"));
        ConfigException e = refused(yaml, Map.of());
        assertThat(e.problems()).hasSize(ConfigException.MOST_PROBLEMS);
        assertThat(e.problems().getLast()).hasToString("leat.yaml: there are more mistakes than can be told");
    }

    @Test
    void thousandLaughsAreRefusedAtOnce() {
        String bomb = IntStream.range(1, 30)
                .mapToObj(i -> "a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1))
                .collect(Collectors.joining("", "a0: &a0 ha\n", ""));
        assertThat(refused(bomb, Map.of()).problems()).hasSize(ConfigException.MOST_PROBLEMS);
    }

    @Test
    void noMistakeShowsASecret() throws Exception {
        Path file = dir.resolve("pw");
        Files.write(file, new byte[] {'s', '3', 'c', 'r', (byte) 0xff});
        assertThat(refused(STORE + "password: 'file:" + file + "'}", Map.of()))
                .hasMessageContaining("which is not UTF-8")
                .hasMessageNotContaining("s3cr");
        Files.writeString(file, "s3cr".repeat(20_000));
        assertThat(refused(STORE + "password: 'file:" + file + "'}", Map.of()))
                .hasMessageContaining("which is larger")
                .hasMessageNotContaining("s3cr");
        assertThat(refused("store: {url: 'postgres://u:s3cr@h', user: u, password: [s3cr]}", Map.of()))
                .hasMessageNotContaining("s3cr");
    }

    record Range(
            @Setting(value = "Low.", defaultsTo = "1") int low,
            @Setting(value = "High.", defaultsTo = "2") int high) {
        Range {
            if (low > high) {
                throw new IllegalArgumentException("low is above high");
            }
        }
    }

    @Test
    void aRecordMayRefuseInItsOwnWords() {
        assertThatThrownBy(() -> Config.of(Range.class).read("x.yaml", "low: 3", Map.of()))
                .hasMessage(
                        "x.yaml:1:1: the file is not allowed: low is above high; allowed: a section with low, high");
    }
}
