package dev.leat.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {
    private static final int FILES = 300;

    @TempDir
    private Path scratch;

    /** As a server that ends takes its own files away. */
    @Test
    void whatVanishesMeanwhileIsDeletedToo() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 20; round++) {
                Path tree = tree(scratch.resolve("tree-" + round));
                Callable<Void> delete = () -> {
                    PrivateFiles.deleteTree(tree);
                    return null;
                };
                List<Future<Void>> both = List.of(threads.submit(delete), threads.submit(delete));
                for (Future<Void> each : both) {
                    each.get();
                }
                assertThat(tree).doesNotExist();
            }
        }
    }

    @Test
    void whatALinkLeadsToStays() throws IOException {
        Path elsewhere = tree(scratch.resolve("elsewhere"));
        Path tree = Files.createDirectory(scratch.resolve("tree"));
        Files.createSymbolicLink(tree.resolve("link"), elsewhere);

        PrivateFiles.deleteTree(tree);

        assertThat(tree).doesNotExist();
        assertThat(elsewhere.resolve("1")).exists();
    }

    private static Path tree(Path directory) throws IOException {
        Path inner = Files.createDirectories(directory.resolve("inner"));
        for (int i = 0; i < FILES; i++) {
            Files.createFile((i % 2 == 0 ? inner : directory).resolve("" + i));
        }
        return directory;
    }
}
