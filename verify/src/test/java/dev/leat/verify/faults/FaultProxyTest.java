package dev.leat.verify.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.verify.faults.NetworkFault.CutReplies;
import dev.leat.verify.faults.NetworkFault.Drip;
import dev.leat.verify.faults.NetworkFault.HalfOpen;
import dev.leat.verify.faults.NetworkFault.Latency;
import dev.leat.verify.faults.NetworkFault.LostReplies;
import dev.leat.verify.faults.NetworkFault.LostRequests;
import dev.leat.verify.faults.NetworkFault.Partition;
import dev.leat.verify.faults.NetworkFault.Refusal;
import dev.leat.verify.faults.NetworkFault.Reset;
import dev.leat.verify.faults.NetworkFault.Side;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class FaultProxyTest {
    private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o'};

    private EchoServer server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new EchoServer();
        proxy = FaultProxy.to(server.address());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void withoutFaultsEveryByteComesThroughAndTheEndToo() throws Exception {
        byte[] much = new byte[1 << 20];
        new Random(1).nextBytes(much);
        try (Socket client = connected()) {
            CompletableFuture<byte[]> echo = CompletableFuture.supplyAsync(() -> all(client));
            client.getOutputStream().write(much);
            client.shutdownOutput();
            assertThat(echo.get()).isEqualTo(much);
        }
        until(() -> proxy.traffic().open() == 0);
        assertThat(proxy.traffic()).isEqualTo(new FaultProxy.Traffic(1, 0, much.length, much.length, 0));
    }

    @Test
    void aRefusedClientIsToldSoAndOneThatIsConnectedGoesOn() throws Exception {
        try (Socket before = connected()) {
            assertEchoes(before);
            for (int i = 0; i < 100; i++) {
                proxy.inject(new Refusal()).close();
            }
            ActiveFault refusal = proxy.inject(new Refusal());
            ActiveFault second = proxy.inject(new Refusal());
            assertThatThrownBy(this::connected).isInstanceOf(ConnectException.class);
            assertEchoes(before);

            refusal.close();
            assertThatThrownBy(this::connected).isInstanceOf(ConnectException.class);
            second.close();
            try (Socket after = connected()) {
                assertEchoes(after);
            }
        }
    }

    @Test
    void resetEndsWhatStandsAndNothingElse() throws Exception {
        try (Socket before = connected()) {
            assertEchoes(before);
            proxy.inject(new Reset());
            assertReset(before);
        }
        assertThat(proxy.traffic().open()).isZero();
        assertWorks();
    }

    @Test
    void aReplyIsCutAfterSoManyBytesOfEachConnection() throws Exception {
        try (Socket before = connected()) {
            assertEchoes(before);
            try (ActiveFault cut = proxy.inject(new CutReplies(3));
                    Socket after = connected()) {
                assertCutAfterThree(before);
                assertCutAfterThree(after);
            }
        }
        assertWorks();
    }

    private static void assertCutAfterThree(Socket client) throws IOException {
        client.getOutputStream().write(HELLO);
        assertThat(client.getInputStream().readNBytes(3)).isEqualTo(new byte[] {'h', 'e', 'l'});
        assertReset(client);
    }

    @Test
    void aHalfOpenConnectionSwallowsAndIsResetWhenMended() throws Exception {
        try (Socket busy = connected();
                Socket idle = connected()) {
            assertEchoes(busy);
            assertEchoes(idle);
            ActiveFault fault = proxy.inject(new HalfOpen());
            busy.getOutputStream().write(HELLO);
            assertSilent(busy);
            until(() -> proxy.traffic().lostBytes() == HELLO.length);
            assertThat(server.received()).isEqualTo(2L * HELLO.length);

            fault.close();
            assertReset(busy);
            assertEchoes(idle);
        }
        assertWorks();
    }

    @Test
    void closingAHalfOpenConnectionIsNotToldToTheServer() throws Exception {
        try (ActiveFault fault = proxy.inject(new HalfOpen())) {
            connected().close();
            until(() -> proxy.traffic().accepted() == 1);
            assertThat(proxy.traffic().open()).isOne();
        }
        until(() -> proxy.traffic().open() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void whatAPartitionHoldsBackFlowsWhenItIsMended(Side side) throws Exception {
        try (Socket client = connected()) {
            assertEchoes(client);
            ActiveFault fault = proxy.inject(new Partition(side));
            client.getOutputStream().write(HELLO);
            assertSilent(client);
            if (side == Side.OUT) {
                until(() -> server.received() == 2L * HELLO.length);
            } else {
                assertThat(server.received()).isEqualTo(HELLO.length);
            }

            fault.close();
            assertThat(client.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
        }
        assertThat(proxy.traffic().lostBytes()).isZero();
    }

    @Test
    void aLostReplyMeansThatTheServerGotTheRequest() throws Exception {
        try (ActiveFault fault = proxy.inject(new LostReplies());
                Socket client = connected()) {
            client.getOutputStream().write(HELLO);
            assertReset(client);
            assertThat(server.received()).isEqualTo(HELLO.length);
        }
        assertWorks();
    }

    @Test
    void aLostRequestMeansThatTheServerGotNothing() throws Exception {
        try (ActiveFault fault = proxy.inject(new LostRequests());
                Socket client = connected()) {
            client.getOutputStream().write(HELLO);
            assertReset(client);
            assertThat(server.received()).isZero();
        }
        assertWorks();
    }

    @Test
    void latencyHoldsBytesForItsTimeBothWays() throws Exception {
        try (Socket client = connected();
                ActiveFault fault = proxy.inject(new Latency(Duration.ofMillis(50)))) {
            long began = System.nanoTime();
            assertEchoes(client);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        }
    }

    @Test
    void aDripSendsOneByteAtATime() throws Exception {
        try (Socket client = connected();
                ActiveFault fault = proxy.inject(new Drip(Duration.ofMillis(5)))) {
            long began = System.nanoTime();
            assertEchoes(client);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(25));
        }
    }

    @Test
    void mendingFreesWhatWaitsForALongTime() throws Exception {
        try (Socket client = connected()) {
            ActiveFault fault = proxy.inject(new Latency(NetworkFault.LONGEST));
            client.getOutputStream().write(HELLO);
            assertSilent(client);
            fault.close();
            fault.close();
            assertThat(client.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
        }
    }

    @Test
    void newConnectionsGoToTheNewTarget() throws Exception {
        try (EchoServer other = new EchoServer();
                Socket before = connected()) {
            assertEchoes(before);
            proxy.target(other.address());
            try (Socket after = connected()) {
                assertEchoes(after);
            }
            assertThat(other.received()).isEqualTo(HELLO.length);
            assertEchoes(before);
            assertThat(server.received()).isEqualTo(2L * HELLO.length);
        }
    }

    @Test
    void aTargetThatDoesNotListenResetsTheClient() throws Exception {
        InetSocketAddress nobody;
        try (EchoServer gone = new EchoServer()) {
            nobody = gone.address();
        }
        proxy.target(nobody);
        try (Socket client = connected()) {
            assertReset(client);
        }
    }

    @Test
    void closingEndsConnectionsAndFaults() throws Exception {
        ActiveFault fault = proxy.inject(new Partition(Side.BOTH));
        try (Socket client = connected()) {
            client.getOutputStream().write(HELLO);
            proxy.close();
            assertReset(client);
        }
        fault.close();
        assertThatThrownBy(this::connected).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> proxy.inject(new Reset())).isInstanceOf(IllegalStateException.class);
    }

    private Socket connected() throws IOException {
        Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), proxy.port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private void assertWorks() throws IOException {
        try (Socket client = connected()) {
            assertEchoes(client);
        }
    }

    private static void assertEchoes(Socket client) throws IOException {
        client.getOutputStream().write(HELLO);
        assertThat(client.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
    }

    /** Not closed: a real reset. */
    private static void assertReset(Socket client) {
        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    /** Nothing comes for as long as a reply on one machine never takes. */
    private static void assertSilent(Socket client) throws IOException {
        client.setSoTimeout(100);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        client.setSoTimeout(30_000);
    }

    private static byte[] all(Socket client) {
        try {
            return client.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.interrupted()).as("timed out").isFalse();
            Thread.onSpinWait();
        }
    }
}
