package dev.leat.verify.history;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Histories in files: a folder with one file for each process, each in the order of time. What a process wrote before it was
 * killed is in its file; a last line that is cut off is left out.
 */
public final class HistoryFile implements AutoCloseable, Consumer<List<Event>> {
    private static final String SUFFIX = ".jsonl";

    private final FileChannel channel;

    private HistoryFile(FileChannel channel) {
        this.channel = channel;
    }

    /** A new file, for one process, in a folder that exists. */
    public static HistoryFile create(Path folder, String process) {
        try {
            return new HistoryFile(FileChannel.open(
                    folder.resolve(process + SUFFIX), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw new HistoryException("cannot write the history of " + process + " in " + folder + ": " + e, e);
        }
    }

    @Override
    public void accept(List<Event> events) {
        List<byte[]> lines = events.stream().map(EventJson::line).toList();
        ByteBuffer buffer =
                ByteBuffer.allocate(lines.stream().mapToInt(line -> line.length).sum());
        lines.forEach(buffer::put);
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw new HistoryException("cannot write the history: " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new HistoryException("cannot end the history: " + e, e);
        }
    }

    /**
     * Reads the files of a folder as one history in the order of time; events of one moment in the order of their files'
     * names.
     *
     * @throws HistoryException if a file is no history, with its name and line
     */
    public static void read(Path folder, Consumer<Event> each) {
        List<Source> open = new ArrayList<>();
        try {
            PriorityQueue<Source> sources = new PriorityQueue<>(
                    Comparator.comparingLong((Source source) -> source.next().at())
                            .thenComparingInt(source -> source.place));
            for (Path file : files(folder)) {
                Source source = new Source(file, open.size());
                open.add(source);
                if (source.advance()) {
                    sources.add(source);
                }
            }
            while (!sources.isEmpty()) {
                Source source = sources.remove();
                each.accept(source.next());
                if (source.advance()) {
                    sources.add(source);
                }
            }
        } catch (IOException e) {
            throw new HistoryException("cannot read the history in " + folder + ": " + e, e);
        } finally {
            open.forEach(Source::close);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> files = all.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new HistoryException("there is no history in " + folder + ": no file ends in " + SUFFIX);
            }
            return files;
        }
    }

    /** One file, read line by line. */
    private static final class Source {
        private static final int BLOCK = 1 << 20;

        private final Path file;
        private final int place;
        private final InputStream in;
        private final EventJson.Reader reader = new EventJson.Reader();
        private final byte[] block = new byte[BLOCK];
        private int from;
        private int to;
        private long line;
        private @Nullable Event next;

        Source(Path file, int place) throws IOException {
            this.file = file;
            this.place = place;
            in = Files.newInputStream(file);
        }

        Event next() {
            if (next == null) {
                throw new IllegalStateException("at the end");
            }
            return next;
        }

        /** Reads the next event; false at the end. */
        boolean advance() throws IOException {
            int scanned = from;
            while (true) {
                for (; scanned < to; scanned++) {
                    if (block[scanned] == '\n') {
                        parse(scanned);
                        return true;
                    }
                }
                if (from > 0) {
                    System.arraycopy(block, from, block, 0, to - from);
                    scanned -= from;
                    to -= from;
                    from = 0;
                } else if (to == block.length) {
                    throw new HistoryException(file + ":" + (line + 1) + ": a line is longer than " + BLOCK + " bytes");
                }
                int read = in.read(block, to, block.length - to);
                if (read < 0) {
                    return false;
                }
                to += read;
            }
        }

        private void parse(int end) {
            line++;
            long before = next == null ? Long.MIN_VALUE : next.at();
            try {
                next = reader.read(block, from, end - from);
            } catch (HistoryException e) {
                throw new HistoryException(file + ":" + line + ": " + e.getMessage());
            }
            if (next.at() < before) {
                throw new HistoryException(file + ":" + line + ": is earlier than the line before it");
            }
            from = end + 1;
        }

        void close() {
            try {
                in.close();
            } catch (IOException e) {
                throw new HistoryException("cannot close " + file, e);
            }
        }
    }
}
