package dev.leat.cli.torture;

import dev.leat.verify.torture.Member;
import dev.leat.verify.torture.Role;
import dev.leat.verify.torture.Stores;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One process of the load of a torture: works until its standard input ends. */
@Command(
        name = "torture-node",
        hidden = true,
        description = "One process of the load of a torture; started by leat torture.")
public final class TortureNode implements Callable<Integer> {
    static final String BACKEND = "LEAT_TORTURE_BACKEND";
    static final String URL = "LEAT_TORTURE_URL";
    static final String USER = "LEAT_TORTURE_USER";
    static final String PASSWORD = "LEAT_TORTURE_PASSWORD";
    static final String CLOCK = "LEAT_TORTURE_CLOCK";

    @Option(names = "--role", required = true)
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private Role role;

    @Option(names = "--number", required = true)
    private int number;

    @Option(names = "--life", required = true)
    private int life;

    @Option(names = "--seed", required = true)
    private long seed;

    @Option(names = "--history", required = true)
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private Path history;

    @Override
    public Integer call() throws InterruptedException {
        Member member = new Member(new Member.Life(role, number, life, seed, history), opening(), System.out);
        CountDownLatch over = new CountDownLatch(1);
        // So that SIGTERM, and a Ctrl-C for all processes at once, end it in good order.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            member.stop();
            awaitUninterrupted(over);
        }));
        try {
            member.run(System.in);
        } finally {
            over.countDown();
        }
        return 0;
    }

    private static Stores.Opening opening() {
        String backend = needed(BACKEND);
        return switch (backend) {
            case TorturedPostgres.BACKEND -> () -> OpenPostgres.at(needed(URL), needed(USER), needed(PASSWORD));
            case TorturedEmbedded.SQLITE, TorturedEmbedded.KV ->
                () -> TorturedEmbedded.at(backend, Path.of(needed(URL)), Path.of(needed(CLOCK)));
            case TorturedRedis.LISTS, TorturedRedis.STREAMS ->
                () -> TorturedRedis.at(backend, needed(URL), Path.of(needed(CLOCK)));
            case ForeignStore.BACKEND -> () -> ForeignStore.fromEnvironment();
            default -> throw new IllegalArgumentException(BACKEND + " is " + backend);
        };
    }

    static String needed(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is not set; this command is started by leat torture");
        }
        return value;
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
