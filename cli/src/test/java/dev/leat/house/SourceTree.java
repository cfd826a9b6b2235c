package dev.leat.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The repository as its authors see it: no build output, no downloads, no hidden folders but {@code .ci}. */
record SourceTree(Path root) {
    private static final Set<String> SKIPPED = Set.of("target", "node_modules");

    private static final Set<String> TEXT = Set.of(
            "java", "sql", "lua", "md", "xml", "yaml", "yml", "properties", "proto", "ts", "svelte", "css", "html");

    /** The repository these tests belong to. */
    static SourceTree here() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("ARCHITECTURE.md"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("Run the tests from inside the repository.");
            }
        }
        return new SourceTree(folder);
    }

    /** Every text file, sorted by path. */
    List<SourceFile> files() {
        List<SourceFile> files = new ArrayList<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return skipped(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (isText(file)) {
                        files.add(new SourceFile(relative(file), Files.readString(file, StandardCharsets.UTF_8)));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.sort((a, b) -> a.path().compareTo(b.path()));
        return files;
    }

    SourceFile file(String path) {
        try {
            return new SourceFile(path, Files.readString(root.resolve(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean skipped(Path folder) {
        String name = folder.getFileName().toString();
        return !folder.equals(root) && (SKIPPED.contains(name) || (name.startsWith(".") && !name.equals(".ci")));
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot < 0 ? Files.isExecutable(file) : TEXT.contains(name.substring(dot + 1));
    }

    private String relative(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }
}
