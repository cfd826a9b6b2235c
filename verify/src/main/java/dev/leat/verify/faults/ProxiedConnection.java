package dev.leat.verify.faults;

import dev.leat.verify.faults.NetworkFault.Side;
import dev.leat.verify.faults.Passage.Fate;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

/** One client's connection through a {@link FaultProxy}: a thread for each direction. */
final class ProxiedConnection {
    private static final int BUFFER = 16 * 1024;
    private static final int CONNECT_MILLIS = 10_000;

    private final FaultProxy proxy;
    private final Socket client;
    private final Socket server = new Socket();

    // Guarded by the proxy's lock.
    private boolean over;
    private boolean incomplete;
    private int ended;
    private long replies;

    ProxiedConnection(FaultProxy proxy, Socket client) {
        this.proxy = proxy;
        this.client = client;
    }

    /** Bytes that the client was sent. */
    long replies() {
        return replies;
    }

    /** Whether something may have been lost that one end takes for sent. */
    boolean incomplete() {
        return incomplete;
    }

    /** Ends the connection without a word to either end but a reset. To be called with the proxy's lock. */
    void reset() {
        over = true;
        proxy.forget(this);
        proxy.changed.signalAll();
        reset(client);
        reset(server);
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            // It is closed already, or was never connected.
        }
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing more can be done about it, and the other end sees it closed.
        }
    }

    void run() {
        try {
            server.connect(target(), CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) {
            resetLocked();
            return;
        }
        proxy.lock.lock();
        try {
            if (over) {
                return;
            }
            proxy.start(() -> pump(Side.OUT, server, client));
        } finally {
            proxy.lock.unlock();
        }
        pump(Side.IN, client, server);
    }

    /** The server is reached only when requests are. */
    private InetSocketAddress target() throws IOException {
        awaitPassage(Side.IN, System.nanoTime(), System.nanoTime());
        proxy.lock.lock();
        try {
            return proxy.target();
        } finally {
            proxy.lock.unlock();
        }
    }

    private void resetLocked() {
        proxy.lock.lock();
        try {
            reset();
        } finally {
            proxy.lock.unlock();
        }
    }

    private void pump(Side way, Socket from, Socket to) {
        boolean broken = false;
        try {
            copy(way, from.getInputStream(), to.getOutputStream());
        } catch (IOException e) {
            broken = true;
        }
        end(way, to, broken);
    }

    private void copy(Side way, InputStream from, OutputStream to) throws IOException {
        byte[] bytes = new byte[BUFFER];
        for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
            long arrived = System.nanoTime();
            long moved = arrived;
            for (int done = 0; done < count; moved = System.nanoTime()) {
                Passage passage = awaitPassage(way, arrived, moved);
                int left = count - done;
                int next = (int) Math.min(passage.pause() > 0 ? 1 : left, passage.allowance());
                switch (passage.fate()) {
                    case FORWARD, HOLD -> {
                        // Counted first: who has read them may ask at once for a fault after so many more.
                        forwarded(way, next);
                        to.write(bytes, done, next);
                        done += next;
                        if (next == passage.allowance()) {
                            cut(left - next);
                        }
                    }
                    case SWALLOW -> {
                        lost(left);
                        done = count;
                    }
                    case RESET -> cut(left);
                }
            }
        }
    }

    /** Waits until bytes that came then may go on, the last of them having moved then, and says how they go on. */
    private Passage awaitPassage(Side way, long arrived, long moved) throws IOException {
        proxy.lock.lock();
        try {
            while (true) {
                if (over) {
                    throw new SocketException("reset by a fault");
                }
                Passage passage = proxy.passage(this, way);
                long now = System.nanoTime();
                long wait = Math.max(arrived - now + passage.latency(), moved - now + passage.pause());
                if (passage.fate() == Fate.HOLD) {
                    proxy.changed.await();
                } else if (wait > 0) {
                    proxy.changed.awaitNanos(wait);
                } else {
                    incomplete |= passage.fate() == Fate.SWALLOW;
                    return passage;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } finally {
            proxy.lock.unlock();
        }
    }

    private void forwarded(Side way, int count) {
        proxy.lock.lock();
        try {
            proxy.passed(way, count);
            if (way == Side.OUT) {
                replies += count;
            }
        } finally {
            proxy.lock.unlock();
        }
    }

    private void lost(int count) {
        proxy.lock.lock();
        try {
            proxy.lost(count);
        } finally {
            proxy.lock.unlock();
        }
    }

    private void cut(int count) throws IOException {
        lost(count);
        resetLocked();
        throw new SocketException("reset by a fault");
    }

    /** The one end said that it is done, or broke: the other learns of it as of any other byte. */
    private void end(Side way, Socket to, boolean broken) {
        long now = System.nanoTime();
        try {
            Passage passage = awaitPassage(way, now, now);
            proxy.lock.lock();
            try {
                if (broken && passage.fate() != Fate.SWALLOW) {
                    reset();
                } else if (passage.fate() != Fate.SWALLOW) {
                    to.shutdownOutput();
                    ended++;
                    closeIfEnded();
                }
            } finally {
                proxy.lock.unlock();
            }
        } catch (IOException e) {
            resetLocked();
        }
    }

    private void closeIfEnded() {
        if (ended == 2) {
            over = true;
            proxy.forget(this);
            close(client);
            close(server);
        }
    }
}
