package dev.leat.cli.torture;

import dev.leat.api.StoreException;
import dev.leat.api.driver.StoreDriver;
import dev.leat.api.driver.StoreSettings;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.engine.backend.Drivers;
import dev.leat.verify.faults.ActiveFault;
import dev.leat.verify.torture.FaultKind;
import dev.leat.verify.torture.StoreServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A part of its own in a store that is somebody else's, and removed when this is closed. The store itself is left alone: only those are
 * broken that use this part, and their connections.
 */
public class ForeignStore implements Tortured {
    /** As {@link TortureNode} is told. */
    static final String BACKEND = "installed";

    static final String DRIVER = "LEAT_TORTURE_DRIVER";
    static final String OPTION = "LEAT_TORTURE_OPTION_";

    static final String CONNECTIONS = "LEAT_TORTURE_CONNECTIONS";

    private static final int MOST_CONNECTIONS = 6;

    private final StoreDriver driver;
    private final StoreSettings settings;
    private final String name;

    private ForeignStore(StoreDriver driver, StoreSettings settings, String name) {
        this.driver = driver;
        this.settings = settings;
        this.name = name;
    }

    /**
     * Makes a place for it; the first who opens it makes the rest.
     *
     * @param name as {@link StoreDriver#apart} has it
     */
    public static ForeignStore in(StoreDriver driver, StoreSettings settings, String name) {
        StoreSettings apart = driver.apart(settings.withDurability(Durability.D0), name)
                .withConnections(Math.min(settings.connections(), MOST_CONNECTIONS));
        return StoreAddress.of(settings.url())
                .map(address -> (ForeignStore) new OnServer(driver, apart, name, address))
                .orElseGet(() -> new ForeignStore(driver, apart, name));
    }

    /** What its part is called there. */
    public String name() {
        return name;
    }

    @Override
    public OpenStores open() {
        return OpenStores.of(driver.open(settings));
    }

    @Override
    public Map<String, String> environment(int port) {
        return environment(settings);
    }

    private Map<String, String> environment(StoreSettings told) {
        Map<String, String> variables = new HashMap<>();
        variables.put(TortureNode.BACKEND, BACKEND);
        variables.put(DRIVER, driver.name());
        variables.put(TortureNode.URL, told.url());
        variables.put(TortureNode.PASSWORD, told.password());
        variables.put(CONNECTIONS, Integer.toString(told.connections()));
        if (told.user() != null) {
            variables.put(TortureNode.USER, told.user());
        }
        told.options().forEach((name, value) -> variables.put(OPTION + name, value));
        return variables;
    }

    /** What a process of the load opens, as its environment says. */
    static OpenStores fromEnvironment() {
        Map<String, String> environment = System.getenv();
        Map<String, String> options = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(OPTION)) {
                options.put(name.substring(OPTION.length()), value);
            }
        });
        StoreSettings settings = new StoreSettings(
                TortureNode.needed(TortureNode.URL),
                environment.get(TortureNode.USER),
                environment.getOrDefault(TortureNode.PASSWORD, ""),
                Integer.parseInt(TortureNode.needed(CONNECTIONS)),
                Durability.D0,
                options);
        return OpenStores.of(Drivers.installed()
                .driver(TortureNode.needed(DRIVER), settings.url())
                .open(settings));
    }

    @Override
    public void powerCut() {
        throw new IllegalStateException("impossible() says so");
    }

    @Override
    public ActiveFault fillDisk() {
        throw new IllegalStateException("impossible() says so");
    }

    /** By waiting, since its clock is not ours to set. */
    @Override
    public void forward(Duration by) {
        try {
            new CountDownLatch(1).await(by.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Optional<String> impossible(FaultKind kind) {
        if (kind.isOfServer()) {
            return Optional.of("the store is not ours to break");
        }
        if (kind.isOfConnection()) {
            return Optional.of("nothing can stand between the store and those who use it");
        }
        return kind == FaultKind.POISON
                ? Optional.of("one process does everything, and would end again and again")
                : Optional.empty();
    }

    @Override
    public void close() {
        try {
            driver.remove(settings);
        } catch (StoreException e) {
            throw new StoreException(
                    name + " could not be removed, so remove it by hand: " + e.getMessage(), e.effect(), e);
        }
    }

    /** On a server, which many processes can use. */
    private static final class OnServer extends ForeignStore implements StoreServer {
        private final StoreAddress server;

        OnServer(StoreDriver driver, StoreSettings settings, String name, StoreAddress server) {
            super(driver, settings, name);
            this.server = server;
        }

        @Override
        public Map<String, String> environment(int port) {
            return port == 0
                    ? super.environment(port)
                    : super.environment(super.settings.withUrl(server.through(port)));
        }

        @Override
        public Optional<InetSocketAddress> address() {
            return server.plain() ? Optional.of(new InetSocketAddress(server.host(), server.port())) : Optional.empty();
        }

        @Override
        public void kill() {
            throw new IllegalStateException("impossible() says so");
        }

        @Override
        public void restart() {
            throw new IllegalStateException("impossible() says so");
        }

        @Override
        public void killBackend() {
            throw new IllegalStateException("impossible() says so");
        }

        @Override
        public List<Long> processes() {
            throw new IllegalStateException("impossible() says so");
        }

        @Override
        public Optional<String> impossible(FaultKind kind) {
            if (kind == FaultKind.POISON || (kind.isOfConnection() && server.plain())) {
                return Optional.empty();
            }
            return kind.isOfConnection()
                    ? Optional.of("the URL asks for TLS, or names several servers")
                    : super.impossible(kind);
        }
    }
}
