package dev.leat.verify.faults;

import dev.leat.verify.faults.NetworkFault.Side;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A proxy on 127.0.0.1 between the clients of one server and it, whose network breaks on demand.
 *
 * <p>Without faults it passes on every byte, and each end's closing and resetting. Any number of faults may be active at once:
 * latencies add up, and of partitions, lost bytes and resets the first named here prevails. It keeps at most 16 KiB for each
 * direction of a connection; what is held back or late beyond that waits in the sockets, whose senders then wait too.
 *
 * <p>Thread-safe. It ends with the JVM; {@link #close} returns when each of its threads has ended.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int TRIES = 5_000;
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(1);

    /** Not virtual: a socket that a virtual thread waits for is closed only when that thread has come round to it. */
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("leat-fault-proxy-", 0).factory());

    private final InetSocketAddress address;

    final ReentrantLock lock = new ReentrantLock();
    final Condition changed = lock.newCondition();
    private final List<Injection> active = new ArrayList<>();
    private final List<ProxiedConnection> connections = new ArrayList<>();
    private InetSocketAddress target;

    /** Closed while connections are refused. */
    private ServerSocket door;

    /** Has the port while nobody listens on it, so that nobody else gets it. */
    private @Nullable SocketChannel placeholder;

    private boolean closed;
    private long accepted;
    private long requestBytes;
    private long replyBytes;
    private long lostBytes;

    private FaultProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        door = new ServerSocket(0, 0, InetAddress.ofLiteral("127.0.0.1"));
        address = new InetSocketAddress(door.getInetAddress(), door.getLocalPort());
    }

    /**
     * Starts a proxy on any free port. The target is asked only when a client connects.
     *
     * @throws UncheckedIOException if there is no free port
     */
    public static FaultProxy to(InetSocketAddress target) {
        try {
            FaultProxy proxy = new FaultProxy(target);
            proxy.open(proxy.door);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients connect, on 127.0.0.1. */
    public int port() {
        return address.getPort();
    }

    /** Sends connections from now on to another server. Those that stand stay with theirs. */
    public void target(InetSocketAddress other) {
        lock.lock();
        try {
            target = other;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Breaks the network until what is returned is closed.
     *
     * @throws IllegalStateException if this proxy is closed
     */
    public ActiveFault inject(NetworkFault fault) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the proxy is closed");
            }
            Injection injection = new Injection(fault);
            if (fault instanceof NetworkFault.Reset) {
                List.copyOf(connections).forEach(ProxiedConnection::reset);
            } else {
                active.add(injection);
                watchDoor();
                changed.signalAll();
            }
            return injection;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * What has come through so far.
     *
     * @param accepted connections, in all
     * @param open connections, now
     * @param requestBytes that the server was sent
     * @param replyBytes that clients were sent
     * @param lostBytes that came and went no further
     */
    public record Traffic(long accepted, int open, long requestBytes, long replyBytes, long lostBytes) {}

    public Traffic traffic() {
        lock.lock();
        try {
            return new Traffic(accepted, connections.size(), requestBytes, replyBytes, lostBytes);
        } finally {
            lock.unlock();
        }
    }

    /** Resets every connection and ends. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            active.clear();
            door.close();
            if (placeholder != null) {
                placeholder.close();
            }
            List.copyOf(connections).forEach(ProxiedConnection::reset);
            changed.signalAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
        threads.close();
    }

    void start(Runnable work) {
        threads.execute(work);
    }

    /** To be called with the lock. */
    InetSocketAddress target() {
        return target;
    }

    /** What holds now for bytes that go that way. To be called with the lock. */
    Passage passage(ProxiedConnection connection, Side way) {
        Passage passage = Passage.FREE;
        for (Injection injection : active) {
            passage = passage.with(injection.fault, way, injection.repliesOf(connection));
        }
        return passage;
    }

    /** To be called with the lock. */
    void passed(Side way, int bytes) {
        if (way == Side.IN) {
            requestBytes += bytes;
        } else {
            replyBytes += bytes;
        }
    }

    /** To be called with the lock. */
    void lost(int bytes) {
        lostBytes += bytes;
    }

    /** To be called with the lock. */
    void forget(ProxiedConnection connection) {
        connections.remove(connection);
    }

    private void open(ServerSocket opened) {
        door = opened;
        threads.execute(() -> accept(opened));
    }

    private void accept(ServerSocket opened) {
        try {
            while (true) {
                admit(opened.accept());
            }
        } catch (IOException e) {
            // Closed, to refuse connections or for good.
        }
    }

    private void admit(Socket client) {
        ProxiedConnection connection = new ProxiedConnection(this, client);
        lock.lock();
        try {
            accepted++;
            connections.add(connection);
            if (closed) {
                connection.reset();
            } else {
                start(connection::run);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Listens, or not, as the active faults will have it. */
    private void watchDoor() throws IOException {
        boolean refused = active.stream().anyMatch(each -> each.fault instanceof NetworkFault.Refusal);
        if (refused && placeholder == null) {
            door.close();
            placeholder = reserved();
        } else if (!refused && placeholder != null) {
            open(new ServerSocket(address.getPort(), 0, address.getAddress()));
            placeholder.close();
            placeholder = null;
        }
    }

    /** The system closes the door only when the thread that waits at it has turned away. */
    private SocketChannel reserved() throws IOException {
        SocketChannel reserved = SocketChannel.open().setOption(StandardSocketOptions.SO_REUSEADDR, true);
        for (int tried = 1; ; tried++) {
            try {
                return reserved.bind(address);
            } catch (BindException e) {
                if (tried == TRIES) {
                    reserved.close();
                    throw e;
                }
                LockSupport.parkNanos(LOOK);
            }
        }
    }

    private final class Injection implements ActiveFault {
        private final NetworkFault fault;
        private final Map<ProxiedConnection, Long> before = new HashMap<>();

        Injection(NetworkFault fault) {
            this.fault = fault;
            connections.forEach(connection -> before.put(connection, connection.replies()));
        }

        long repliesOf(ProxiedConnection connection) {
            return connection.replies() - before.getOrDefault(connection, 0L);
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!active.remove(this)) {
                    return;
                }
                watchDoor();
                if (active.stream().noneMatch(each -> each.fault instanceof NetworkFault.HalfOpen)) {
                    connections.stream()
                            .filter(ProxiedConnection::incomplete)
                            .toList()
                            .forEach(ProxiedConnection::reset);
                }
                changed.signalAll();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                lock.unlock();
            }
        }
    }
}
