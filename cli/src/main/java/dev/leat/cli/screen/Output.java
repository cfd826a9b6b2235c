package dev.leat.cli.screen;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;

/** Where a command's answer goes. Unlike {@link System#out}, which swallows what goes wrong, it ends the command when it fails. */
public final class Output extends OutputStream {
    private final OutputStream stream;

    private Output(OutputStream stream) {
        this.stream = stream;
    }

    /** Standard output. Each line is written at once; its writer throws {@link Lost} as soon as one cannot be. */
    public static PrintWriter standard() {
        return to(new FileOutputStream(FileDescriptor.out), System.out.charset());
    }

    static PrintWriter to(OutputStream stream, Charset charset) {
        return new PrintWriter(new Output(stream), true, charset);
    }

    @Override
    public void write(int each) {
        write(new byte[] {(byte) each}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
        try {
            stream.write(bytes, from, count);
        } catch (IOException e) {
            throw new Lost(e);
        }
    }

    @Override
    public void flush() {
        try {
            stream.flush();
        } catch (IOException e) {
            throw new Lost(e);
        }
    }

    /** The output cannot be written. */
    public static final class Lost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Lost(IOException cause) {
            super("the output cannot be written (" + cause.getMessage() + ")", cause);
        }

        /** Whether its reader has gone, as {@code head} does when it has seen enough: no failure of ours, and nothing to tell. */
        public boolean isReaderGone() {
            return String.valueOf(getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
        }
    }
}
