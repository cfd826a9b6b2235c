package dev.leat.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import dev.leat.verify.faults.ActiveFault;
import dev.leat.verify.faults.FaultProxy;
import dev.leat.verify.faults.NetworkFault;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What callers of the store are told when the network between it and PostgreSQL breaks. */
@Timeout(120)
class NetworkFaultTest {
    private static final Lane LANE = new Lane(TenantName.MAIN, QueueName.DEFAULT, new KindName("mail"));
    private static final AtomicLong IDS = new AtomicLong();

    @TempDir
    static Path home;

    private static PostgresServer server;
    private static PostgresStores direct;
    private static FaultProxy proxy;
    private PostgresStores stores;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(PostgresServerConfig.at(home.resolve("postgres")));
        direct = PostgresStores.open(PostgresConfig.of(server.url(), server.user(), server.password()));
        proxy = FaultProxy.to(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.port()));
    }

    /** With one connection, which no fault has touched yet, and the lane's number known: so that what fails is what the test breaks. */
    @BeforeEach
    void connect() {
        stores = PostgresStores.open(throughProxy());
        enqueue(job());
    }

    @AfterEach
    void disconnect() {
        stores.close();
    }

    private void reconnect() {
        disconnect();
        connect();
    }

    @AfterAll
    static void stop() {
        proxy.close();
        direct.close();
        server.close();
    }

    /** The store waits 90 s for an answer, which no test wants to. */
    private static PostgresConfig throughProxy() {
        String url = server.url().replace(":" + server.port() + "/", ":" + proxy.port() + "/") + "&socketTimeout=1";
        return PostgresConfig.of(url, server.user(), server.password()).withConnections(2);
    }

    @Test
    void aSlowNetworkOnlyTakesLonger() {
        for (NetworkFault slow : List.of(new Latency(Duration.ofMillis(20)), new Drip(Duration.ofNanos(1_000)))) {
            try (ActiveFault fault = proxy.inject(slow)) {
                assertThat(enqueue(job())).isInstanceOf(Enqueued.Accepted.class);
            }
        }
    }

    /** Its transaction has not come to its commit. */
    @Test
    void anEnqueueOfManyOfWhichNothingIsHeardDidNothing() {
        for (NetworkFault fault : List.of(new LostReplies(), new LostRequests(), new HalfOpen())) {
            reconnect();
            List<NewJob> jobs = many();
            assertThat(failedUnder(fault, jobs)).as("%s", fault).isPresent();
            assertThat(isStored(jobs.getFirst())).as("%s", fault).isFalse();
            assertThat(askedUntilAnswered(jobs)).as("%s", fault).isInstanceOf(Enqueued.Accepted.class);
        }
    }

    /** It is one statement, which commits by itself. */
    @Test
    void anEnqueueOfOneOfWhichNothingIsHeardIsUnknown() {
        for (NetworkFault fault : List.of(new LostReplies(), new LostRequests(), new HalfOpen())) {
            reconnect();
            NewJob job = job();
            assertThat(failedUnder(fault, List.of(job)))
                    .as("%s", fault)
                    .hasValueSatisfying(e -> assertThat(e.effect()).isEqualTo(Effect.UNKNOWN));
            boolean stored = isStored(job);
            assertThat(stored).as("%s", fault).isEqualTo(fault instanceof LostReplies);
            assertThat(askedUntilAnswered(job))
                    .as("%s", fault)
                    .isInstanceOf(stored ? Enqueued.Duplicate.class : Enqueued.Accepted.class);
        }
    }

    /** Wherever the answers of a transaction are cut, and be it that of its commit. */
    @Test
    void whatIsSaidToHaveHadNoEffectHadNone() {
        Set<Effect> ofStored = new HashSet<>();
        Set<Effect> ofOthers = new HashSet<>();
        Optional<StoreException> failure;
        int bytes = 0;
        do {
            working();
            List<NewJob> jobs = many();
            failure = failedUnder(new CutReplies(bytes), jobs);
            if (failure.isPresent()) {
                boolean stored = isStored(jobs.getFirst());
                (stored ? ofStored : ofOthers).add(failure.get().effect());
                assertThat(askedUntilAnswered(jobs))
                        .isInstanceOf(stored ? Enqueued.Duplicate.class : Enqueued.Accepted.class);
            }
            bytes += 12;
        } while (failure.isPresent());
        assertThat(ofStored).containsExactly(Effect.UNKNOWN);
        assertThat(ofOthers).contains(Effect.NONE);
    }

    @Test
    void aClaimWhoseReplyIsLostIsUnknownAndAskingAgainHandsOutTheSame() {
        // Of a queue of its own: a reply of many jobs begins before the claim has committed, and one that breaks there
        // undoes it.
        Lane own = new Lane(TenantName.MAIN, new QueueName("claims"), LANE.kind());
        NewJob job = job(own);
        askedUntilAnswered(job);
        ClaimRequest request = new ClaimRequest(
                UUID.randomUUID(), 1, List.of(own), 10_000, Long.MAX_VALUE, Duration.ofHours(1), false);
        try (ActiveFault fault = proxy.inject(new LostReplies())) {
            assertThatThrownBy(() -> stores.jobs().claim(request))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.UNKNOWN));
        }
        assertThat(direct.jobs()
                        .feature(Inspect.class)
                        .orElseThrow()
                        .find(TenantName.MAIN, job.id())
                        .orElseThrow()
                        .state())
                .isEqualTo(JobState.RUNNING);
        working();
        assertThat(stores.jobs().claim(request).leases())
                .flatExtracting(Lease::claims)
                .extracting(Claim::job)
                .contains(job.id());
    }

    private Optional<StoreException> failedUnder(NetworkFault fault, List<NewJob> jobs) {
        try (ActiveFault active = proxy.inject(fault)) {
            enqueue(jobs);
            return Optional.empty();
        } catch (StoreException e) {
            return Optional.of(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCallThatAPartitionHoldsSucceedsWhenItIsMendedInTime(Side side) {
        working();
        NewJob job = job();
        CompletableFuture<Enqueued> answer;
        try (ActiveFault partition = proxy.inject(new Partition(side))) {
            long before = proxy.traffic().requestBytes();
            answer = CompletableFuture.supplyAsync(() -> enqueue(job));
            if (side == Side.OUT) {
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> proxy.traffic().requestBytes() > before);
            }
            assertThat(answer).isNotDone();
        }
        assertThat(answer.join()).isInstanceOf(Enqueued.Accepted.class);
    }

    @Test
    void aResetCostsAtMostTheCallsOnItsConnections() {
        working();
        proxy.inject(new Reset());
        NewJob job = job();
        assertThat(askedUntilAnswered(job)).isInstanceOf(Enqueued.Accepted.class);
        assertThat(isStored(job)).isTrue();
    }

    @Test
    void aStoreThatIsRefusedIsToldSoAtOnceAndWhatIsConnectedGoesOn() {
        working();
        try (ActiveFault refusal = proxy.inject(new Refusal())) {
            assertThatThrownBy(() -> PostgresStores.open(throughProxy()))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
            assertThat(enqueue(job())).isInstanceOf(Enqueued.Accepted.class);
        }
        PostgresStores.open(throughProxy()).close();
    }

    /** From here on a connection stands that works. */
    private void working() {
        askedUntilAnswered(job());
    }

    /** After a fault the pool may hand out connections that the fault broke; none of them does anything. */
    private Enqueued askedUntilAnswered(NewJob job) {
        return askedUntilAnswered(List.of(job));
    }

    /** The answer for the first. */
    private Enqueued askedUntilAnswered(List<NewJob> jobs) {
        while (true) {
            try {
                return enqueue(jobs);
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining("cannot be reached");
            }
        }
    }

    private Enqueued enqueue(NewJob job) {
        return enqueue(List.of(job));
    }

    private Enqueued enqueue(List<NewJob> jobs) {
        return stores.jobs().enqueue(jobs).getFirst();
    }

    /** So many that they are stored in a transaction of several statements. */
    private static List<NewJob> many() {
        return IntStream.range(0, 512).mapToObj(i -> job()).toList();
    }

    private static boolean isStored(NewJob job) {
        return direct.jobs()
                .feature(Inspect.class)
                .orElseThrow()
                .find(TenantName.MAIN, job.id())
                .isPresent();
    }

    private static NewJob job() {
        return job(LANE);
    }

    private static NewJob job(Lane lane) {
        long id = IDS.addAndGet(2);
        return new NewJob(
                new JobId(id),
                id,
                lane,
                Payload.json("1"),
                NewJob.DEFAULT_PRIORITY,
                NewJob.DEFAULT_MAX_ATTEMPTS,
                Due.now());
    }
}
