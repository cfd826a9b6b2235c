import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Brings every Java file below a folder into the one layout, or says which files are not in it.
 *
 * <p>Run by the build as {@code java Format.java check|write FOLDER}; exits with 1 when something is left to do.
 */
final class Format {
    private static final Set<String> SKIPPED = Set.of("target", "node_modules");

    private static final Formatter FORMATTER = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    private Format() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 2 || !Set.of("check", "write").contains(args[0])) {
            System.err.println("usage: Format check|write FOLDER");
            System.exit(2);
        }
        boolean write = args[0].equals("write");
        Path root = Path.of(args[1]);
        List<String> open = javaFiles(root).parallelStream()
                .flatMap(file -> visit(root, file, write).stream())
                .sorted()
                .toList();
        open.forEach(System.err::println);
        if (!open.isEmpty()) {
            System.err.println("Put the layout right with: mvn -q -N verify -Dformat=write");
            System.exit(1);
        }
    }

    /** What is left to do in this file, if anything. */
    private static Optional<String> visit(Path root, Path file, boolean write) {
        Path name = root.relativize(file);
        try {
            String source = Files.readString(file);
            String formatted = FORMATTER.formatSourceAndFixImports(source);
            if (formatted.equals(source)) {
                return Optional.empty();
            }
            if (!write) {
                return Optional.of(name + ": not formatted");
            }
            Files.writeString(file, formatted);
            return Optional.empty();
        } catch (FormatterException | IOException e) {
            return Optional.of(name + ": " + e.getMessage());
        }
    }

    private static List<Path> javaFiles(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean skip = !folder.equals(root) && (name.startsWith(".") || SKIPPED.contains(name));
                return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }
}
