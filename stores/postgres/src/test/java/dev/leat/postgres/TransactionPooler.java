package dev.leat.postgres;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;

/**
 * Hands each transaction of its clients to whichever session of the server was used last and is free, as PgBouncer does. Each
 * client signs in by a session of its own, which belongs to everybody from then on, and outlives it. As in PgBouncer, a session
 * is free before its client hears that the transaction has ended.
 */
final class TransactionPooler implements AutoCloseable {
    private static final byte PASSWORD = 'p';
    private static final byte AUTHENTICATION = 'R';
    private static final byte KEY = 'K';
    private static final byte READY = 'Z';
    private static final byte COPY = 'G';
    private static final byte TERMINATE = 'X';
    private static final byte IDLE = 'I';

    /** What the server answers all at once: query, sync, and the two ends of a copy. */
    private static final Set<Byte> ENDS = Set.of((byte) 'Q', (byte) 'S', (byte) 'c', (byte) 'f');

    private final int server;
    private final Duration rest;
    private final ServerSocket door;
    private final BlockingDeque<Peer> free = new LinkedBlockingDeque<>();
    private final Set<Peer> resting = ConcurrentHashMap.newKeySet();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** @param server the port of the server */
    TransactionPooler(int server) {
        this(server, Duration.ZERO);
    }

    /** @param rest how long a session rests after a transaction, but that it is back once another one is taken: the worst moment */
    TransactionPooler(int server, Duration rest) {
        this.server = server;
        this.rest = rest;
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(() -> {
            while (true) {
                try {
                    Socket client = door.accept();
                    open.add(client);
                    Thread.ofPlatform().daemon().start(() -> serve(client));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
    }

    int port() {
        return door.getLocalPort();
    }

    private void serve(Socket socket) {
        try (socket) {
            Peer client = Peer.at(socket);
            signIn(client);
            while (true) {
                Message first = client.read();
                if (first.type == TERMINATE) {
                    return;
                }
                Peer session = free.takeFirst();
                resting.forEach(this::wake);
                Message ready = transaction(client, session, first);
                giveBack(session);
                client.write(ready);
            }
        } catch (IOException e) {
            // The client is gone, or all is over.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void giveBack(Peer session) {
        if (rest.isZero()) {
            free.addFirst(session);
        } else {
            resting.add(session);
            CompletableFuture.delayedExecutor(rest.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> wake(session));
        }
    }

    private void wake(Peer session) {
        if (resting.remove(session)) {
            free.addFirst(session);
        }
    }

    private void signIn(Peer client) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server);
        open.add(socket);
        Peer session = Peer.at(socket);
        int length = client.in.readInt();
        session.out.write(ByteBuffer.allocate(4).putInt(length).array());
        session.out.write(client.in.readNBytes(length - 4));
        for (Message said = session.read(); ; said = session.read()) {
            if (said.type == READY) {
                giveBack(session);
                client.write(said);
                return;
            }
            client.write(said.type == KEY ? new Message(KEY, ByteBuffer.allocate(8)) : said);
            int step = said.type == AUTHENTICATION ? said.body.getInt(0) : 0;
            if (step != 0 && step != 12) {
                Message answer = client.read();
                if (answer.type != PASSWORD) {
                    throw new IOException("no password");
                }
                session.write(answer);
            }
        }
    }

    /** Passes on everything from a client's first message until the session is idle again, and returns the word of that. */
    private static Message transaction(Peer client, Peer session, Message first) throws IOException {
        for (Message asked = first; ; asked = client.read()) {
            session.write(asked);
            if (ENDS.contains(asked.type)) {
                Message said = session.read();
                while (said.type != READY && said.type != COPY) {
                    client.write(said);
                    said = session.read();
                }
                if (said.type == READY && said.body.get(0) == IDLE) {
                    return said;
                }
                client.write(said);
            }
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket each : open) {
            each.close();
        }
    }

    private record Message(byte type, ByteBuffer body) {}

    private record Peer(DataInputStream in, OutputStream out) {
        static Peer at(Socket socket) throws IOException {
            socket.setTcpNoDelay(true);
            return new Peer(new DataInputStream(socket.getInputStream()), socket.getOutputStream());
        }

        Message read() throws IOException {
            byte type = in.readByte();
            return new Message(type, ByteBuffer.wrap(in.readNBytes(in.readInt() - 4)));
        }

        void write(Message message) throws IOException {
            out.write(ByteBuffer.allocate(5 + message.body.capacity())
                    .put(message.type)
                    .putInt(4 + message.body.capacity())
                    .put(message.body.duplicate())
                    .array());
        }
    }
}
