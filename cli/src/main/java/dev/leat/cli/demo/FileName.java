package dev.leat.cli.demo;

import dev.leat.cli.screen.Text;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/**
 * A file's absolute path as a job carries it: percent-encoded, so that names of any bytes, also those that are no UTF-8, come
 * back as they were in another process, whatever its locale.
 */
record FileName(String encoded) {
    static FileName of(Path path) {
        return new FileName(path.toUri().getRawPath());
    }

    Path path() {
        return Path.of(URI.create("file://" + encoded));
    }

    /** The very bytes of the name. */
    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(encoded, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }

    /** As text, with U+FFFD where the bytes are no UTF-8. */
    String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** The bytes in base 64 if {@link #text} cannot tell them. */
    Optional<String> base64IfNotText() {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes()));
            return Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.of(Base64.getEncoder().encodeToString(bytes()));
        }
    }

    /** As text fit for a terminal. */
    String shown() {
        return Text.shown(text());
    }
}
