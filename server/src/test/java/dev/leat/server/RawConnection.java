package dev.leat.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.wire.Problem;
import dev.leat.wire.WireJson;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One connection as raw bytes, which no client library has made proper. */
final class RawConnection implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    private final Socket socket;
    private final InputStream in;

    RawConnection(URI server) throws IOException {
        socket = new Socket(server.getHost().replaceAll("[\\[\\]]", ""), server.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** An answer with its status, its head as it came, and its body. */
    record Answer(int status, String head, String text) {
        Problem problem() {
            return WireJson.STRICT.read(text.getBytes(UTF_8), Problem.class);
        }
    }

    /** The head of a request to enqueue. */
    static String post(String headers) {
        return "POST /api/v1/jobs HTTP/1.1\r\n" + headers + "\r\n";
    }

    RawConnection send(String text) throws IOException {
        return send(text.getBytes(ISO_8859_1));
    }

    RawConnection send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    Answer answer() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after \"" + head.toString(ISO_8859_1) + "\"");
            }
            head.write(next);
        }
        String text = head.toString(ISO_8859_1);
        Matcher length = LENGTH.matcher(text);
        byte[] body = length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0];
        return new Answer(Integer.parseInt(text.split(" ", 3)[1]), text, new String(body, UTF_8));
    }

    /** Waits for the next byte; negative at the end. */
    int read() throws IOException {
        return in.read();
    }

    byte[] read(int bytes) throws IOException {
        return in.readNBytes(bytes);
    }

    /** Whether some of an answer is here already. */
    boolean hasAnswer() throws IOException {
        return in.available() > 0;
    }

    /** Whether the server has closed its side. A millisecond is waited for it, and nothing may be on its way. */
    boolean hasEnded() throws IOException {
        socket.setSoTimeout(1);
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            socket.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    /** Ends the connection without a word to the other side but a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
