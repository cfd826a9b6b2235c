package dev.leat.acceptance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One HTTP request as raw bytes, which no client library has made proper, and its answer. */
final class Wire {
    private static final int PATIENCE_MILLIS = 20_000;

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    private Wire() {}

    /**
     * An answer.
     *
     * @param status 0 if the server closed the connection without one
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(int status, String head, byte[] body) {
        String text() {
            return new String(body, UTF_8);
        }
    }

    static byte[] request(String method, String target, String headers, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String head = method + " " + target + " HTTP/1.1\r\n" + headers
                + (method.equals("POST") ? "Content-Length: " + body.length + "\r\n" : "")
                + "Connection: close\r\n\r\n";
        out.writeBytes(head.getBytes(ISO_8859_1));
        out.writeBytes(body);
        return out.toByteArray();
    }

    /** Sends bytes and reads until the server closes; an answer that takes too long is an exception. */
    static Answer send(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            try {
                socket.getOutputStream().write(request);
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // The server may refuse before it has read everything; what it said still counts.
            }
            return read(socket.getInputStream());
        }
    }

    /** The whole answer, or only the head of one without an end, such as a stream. */
    static Answer read(InputStream in) throws IOException {
        String head = head(in);
        if (head.isEmpty()) {
            return new Answer(0, head, new byte[0]);
        }
        Matcher length = LENGTH.matcher(head);
        byte[] body = length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0];
        return new Answer(Integer.parseInt(head.split(" ", 3)[1]), head, body);
    }

    /** Empty if the connection was closed before its end. */
    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        try {
            for (int c = in.read(); c >= 0; c = in.read()) {
                head.write(c);
                if (c == '\n' && head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
                    return head.toString(ISO_8859_1);
                }
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException reset) {
            // As good as closed.
        }
        return "";
    }
}
