import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Builds and tests the dashboard with the machine's own Node.
 *
 * <p>Run by Maven as {@code java Web.java build FOLDER OUTPUT} and {@code java Web.java test FOLDER}. What npm installs is
 * kept until package-lock.json changes. Without a Node that is new enough the build goes on: it says so, and puts a page into
 * the output that says the same.
 */
final class Web {
    private static final String NEEDED = "Node 20.19 or newer";
    private static final Pattern VERSION = Pattern.compile("v(\\d+)\\.(\\d+)\\.\\d+.*");
    private static final boolean WINDOWS =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

    private final Path folder;

    private Web(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Web web = new Web(Path.of(args[1]));
        String node = web.nodeVersion();
        boolean usable = isUsable(node);
        switch (args[0]) {
            case "build" -> {
                if (usable) {
                    web.install();
                    web.npm("run", "build", "--", "--outDir", args[2], "--emptyOutDir");
                } else {
                    web.doWithout(node, Path.of(args[2]));
                }
            }
            case "test" -> {
                if (usable) {
                    web.npm("test");
                } else {
                    System.err.println("The dashboard was not tested: that needs " + NEEDED + ".");
                }
            }
            default -> throw new IllegalArgumentException("build or test, not " + args[0]);
        }
    }

    /** What {@code node --version} says; empty if there is none. */
    private String nodeVersion() throws InterruptedException {
        try {
            Process process = new ProcessBuilder("node", "--version").start();
            String version = new String(process.getInputStream().readAllBytes()).strip();
            return process.waitFor() == 0 ? version : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean isUsable(String version) {
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.matches()) {
            return false;
        }
        int major = Integer.parseInt(matcher.group(1));
        int minor = Integer.parseInt(matcher.group(2));
        return major > 22 || (major == 22 && minor >= 12) || (major == 20 && minor >= 19);
    }

    private void doWithout(String node, Path output) throws IOException {
        String have = node.isEmpty() ? "there is none on the PATH" : "this is " + node;
        String sentence = "This build has no dashboard: that needs " + NEEDED + ", and " + have + ".";
        System.err.println("[WARNING] " + sentence + " Everything else works without it.");
        Files.createDirectories(output);
        Files.writeString(output.resolve("index.html"), """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <title>Leat</title>
            <p>%s Install it and build again; the API and the command line work as they are.</p>
            </html>
            """.formatted(sentence));
    }

    private void install() throws IOException, InterruptedException {
        Path lock = folder.resolve("package-lock.json");
        Path installed = folder.resolve("node_modules/.installed-lock.json");
        if (Files.exists(installed) && Files.mismatch(lock, installed) == -1) {
            return;
        }
        npm("ci", "--ignore-scripts");
        Files.copy(lock, installed, StandardCopyOption.REPLACE_EXISTING);
    }

    private void npm(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(WINDOWS ? "npm.cmd" : "npm", "--no-update-notifier"));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).inheritIO();
        builder.environment().put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        int exit = builder.start().waitFor();
        if (exit != 0) {
            System.err.println("npm " + String.join(" ", arguments) + " ended with " + exit + ".");
            System.exit(1);
        }
    }
}
