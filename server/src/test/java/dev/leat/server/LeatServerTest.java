package dev.leat.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.engine.Leat;
import dev.leat.engine.backend.Backends;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.testkit.StoreClock;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LeatServerTest {
    private final StoreClock clock = new StoreClock();
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final InMemoryControlStore control = new InMemoryControlStore(clock);
    private final Metrics metrics = new Metrics();

    private LeatServer start(int port, Consumer<Leat> kinds) {
        LeatConfig config = LeatConfig.CONFIG.read(Map.of("LEAT_SERVER_PORT", String.valueOf(port)));
        return LeatServer.start(config, Backends.of(jobs), control, kinds, "test", metrics);
    }

    @Test
    void aNodeThatCannotListenLeavesNothingOpen() throws Exception {
        AtomicReference<Leat> engine = new AtomicReference<>();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start(taken.getLocalPort(), leat -> {
                        engine.set(leat);
                        ServerRig.kinds(leat);
                    }))
                    .isInstanceOf(RuntimeException.class);
        }

        assertThat(metrics.isClosed()).isTrue();
        assertThatThrownBy(() -> engine.get().start()).hasMessageContaining("closed");
    }

    @Test
    void aNodeWhoseHandlersAreRefusedLeavesNothingOpen() {
        IllegalStateException refused = new IllegalStateException("no handlers");
        assertThatThrownBy(() -> start(0, leat -> {
                    throw refused;
                }))
                .isSameAs(refused);

        assertThat(metrics.isClosed()).isTrue();
    }

    @Test
    void aNodeMayBeClosedTwice() {
        LeatServer server = start(0, ServerRig::kinds);
        server.close();
        server.close();
        assertThat(metrics.isClosed()).isTrue();
    }
}
