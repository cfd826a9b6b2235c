package dev.leat.bench.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/** The checkout that this program was built from. */
final class Checkout {
    private Checkout() {}

    /** Its commit, as {@code git describe} says it; empty where there is no git, or the program was moved elsewhere. */
    static Optional<String> version() {
        CodeSource source = Checkout.class.getProtectionDomain().getCodeSource();
        Path folder =
                source == null ? null : Path.of(source.getLocation().getPath()).getParent();
        if (folder == null) {
            return Optional.empty();
        }
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty")
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 && !said.isEmpty() ? Optional.of(said) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
