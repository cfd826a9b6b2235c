package dev.leat.cli.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder for what is needed for a while: deleted at the end if it was ours to choose, unless it is to be kept. */
final class ScratchFolder implements AutoCloseable {
    private final Path path;
    private boolean kept;

    private ScratchFolder(Path path, boolean kept) {
        this.path = path;
        this.kept = kept;
    }

    /**
     * This folder, or a temporary one.
     *
     * @throws IllegalStateException if there is something in it
     */
    static ScratchFolder at(@Nullable Path wanted) throws IOException {
        if (wanted == null) {
            return new ScratchFolder(Files.createTempDirectory("leat-torture-").toRealPath(), false);
        }
        Path real = Files.createDirectories(wanted).toRealPath();
        try (Stream<Path> content = Files.list(real)) {
            if (content.findAny().isPresent()) {
                throw new IllegalStateException(real + " is not empty; name a new folder with --data");
            }
        }
        return new ScratchFolder(real, true);
    }

    Path path() {
        return path;
    }

    void keep() {
        kept = true;
    }

    @Override
    public void close() throws IOException {
        if (kept) {
            return;
        }
        List<Path> all;
        try (Stream<Path> tree = Files.walk(path)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
