package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Secrets that are kept in files of their own, as container platforms hand them out. */
final class SecretFile {
    private static final String PREFIX = "file:";
    private static final int MOST_BYTES = 64 << 10;
    private static final String ALLOWED = "a readable UTF-8 file of at most 64KiB";

    private SecretFile() {}

    /** The text itself, or what the file holds that it names. */
    static Secret read(String text) {
        return Secret.of(text.startsWith(PREFIX) ? content(text.substring(PREFIX.length())) : text);
    }

    private static String content(String name) {
        try (InputStream in = Files.newInputStream(Path.of(name))) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw refused(name, "which is larger");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.replaceFirst("\\r?\\n\\z", "");
        } catch (NoSuchFileException | InvalidPathException e) {
            throw refused(name, "which does not exist");
        } catch (CharacterCodingException e) {
            throw refused(name, "which is not UTF-8");
        } catch (IOException e) {
            throw refused(name, "which cannot be read");
        }
    }

    private static InvalidValueException refused(String name, String why) {
        return new InvalidValueException(
                "SECRET_FILE_INVALID", "secret", "is in the file " + Checks.shown(name) + ", " + why, ALLOWED);
    }
}
