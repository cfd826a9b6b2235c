package dev.leat.cli.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The regular files below a directory, in batches. Links are not followed; what cannot be listed is noted and left out. */
final class FileTree {
    private static final int BATCH = 1_000;

    private final Path root;
    private final Path leftOut;
    private Unlisted unlisted = Unlisted.NOTHING;

    /** @param leftOut a directory that is passed over: the demo's own data */
    FileTree(Path root, Path leftOut) {
        this.root = root;
        this.leftOut = leftOut;
    }

    /**
     * Visits the files.
     *
     * @throws IOException if the directory itself cannot be listed
     * @param wanted which files to hand on
     * @return false if it was stopped before the end
     */
    boolean forEachBatch(Predicate<FileName> wanted, Consumer<List<FileName>> consumer, BooleanSupplier stopped)
            throws IOException {
        List<FileName> batch = new ArrayList<>();
        boolean[] complete = {true};
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                // Not by name: the tree may be reached through a link.
                return Files.isSameFile(directory, leftOut) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (stopped.getAsBoolean()) {
                    complete[0] = false;
                    return FileVisitResult.TERMINATE;
                }
                FileName name = FileName.of(file);
                if (attributes.isRegularFile() && wanted.test(name)) {
                    batch.add(name);
                }
                if (batch.size() == BATCH) {
                    consumer.accept(List.copyOf(batch));
                    batch.clear();
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (file.equals(root)) {
                    throw e;
                }
                note(FileName.of(file).shown() + ": " + e.getClass().getSimpleName());
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
                if (e != null) {
                    note(FileName.of(directory).shown() + ": " + e.getMessage());
                }
                return FileVisitResult.CONTINUE;
            }
        });
        if (complete[0] && !batch.isEmpty()) {
            consumer.accept(batch);
        }
        return complete[0];
    }

    private void note(String problem) {
        unlisted = unlisted.with(problem);
    }

    /** Before the tree is listed once more. */
    void forgetProblems() {
        unlisted = Unlisted.NOTHING;
    }

    Unlisted unlisted() {
        return unlisted;
    }

    /**
     * What could not be listed.
     *
     * @param first the first of them, at most 100
     */
    record Unlisted(long count, List<String> first) {
        static final Unlisted NOTHING = new Unlisted(0, List.of());
        private static final int NOTED = 100;

        Unlisted with(String problem) {
            List<String> noted = new ArrayList<>(first);
            if (noted.size() < NOTED) {
                noted.add(problem);
            }
            return new Unlisted(count + 1, List.copyOf(noted));
        }
    }
}
