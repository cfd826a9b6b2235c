package dev.leat.bench.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * One system in a process of its own: reads what to do from standard input, a line each, and answers each with a line of JSON.
 * Arguments: the system, the database's URL, its user. The password is in {@code PGPASSWORD}.
 */
final class PeerProgram {
    private PeerProgram() {}

    public static void main(String[] args) throws Exception {
        String password = System.getenv().getOrDefault("PGPASSWORD", "");
        PrintStream answers = System.out;
        System.setOut(System.err); // whatever else is printed is no answer
        Thread.ofPlatform().daemon().start(PeerProgram::endWithParent);
        try (JobSystem system = system(args[0], new Database(args[1], args[2], password))) {
            serve(new Exercise(system), answers);
        }
        System.exit(0); // threads that a system leaves behind do not keep it
    }

    /** Nobody is left to answer then, and a worker may wait for ever. */
    private static void endWithParent() {
        ProcessHandle.current().parent().ifPresent(parent -> {
            parent.onExit().join();
            Runtime.getRuntime().halt(1);
        });
    }

    static JobSystem system(String name, Database database) {
        return switch (name) {
            case "leat" -> new LeatSystem(database);
            case "db-scheduler" -> new DbScheduler(database);
            case "jobrunr" -> new JobRunr(database);
            default -> throw new IllegalArgumentException("no system is called " + name);
        };
    }

    private static void serve(Exercise exercise, PrintStream answers) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = read(lines); !line.isEmpty(); line = read(lines)) {
            String[] words = line.split(" ", -1);
            answers.println(JsonMapper.shared().writeValueAsString(answer(exercise, words)));
            if (words[0].equals("close")) {
                return;
            }
        }
    }

    /** Empty at the end. */
    private static String read(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        return line == null ? "" : line;
    }

    private static Object answer(Exercise exercise, String... words) throws Exception {
        return switch (words[0]) {
            case "install" -> {
                exercise.install();
                yield Map.of();
            }
            case "bulk" -> Map.of("nanos", exercise.bulk(number(words, 1), number(words, 2)));
            case "single" -> Map.of("nanos", exercise.single(number(words, 1), number(words, 2)));
            case "drain" -> exercise.drain(number(words, 1));
            case "offer" -> exercise.offer(number(words, 1), number(words, 2));
            case "close" -> Map.of();
            default -> throw new IllegalArgumentException("cannot " + words[0]);
        };
    }

    private static int number(String[] words, int index) {
        return Integer.parseInt(words[index]);
    }
}
