package dev.leat.engine.kinds;

import dev.leat.api.InvalidValueException;
import dev.leat.api.KindName;
import dev.leat.engine.Leat;
import dev.leat.engine.codec.JsonException;
import dev.leat.engine.config.KindsConfig;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobContext;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.handler.JobSignal;
import dev.leat.engine.handler.RetryPolicy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;

/**
 * The kinds of jobs that Leat brings along. A payload that is not allowed discards its job with the reason: no retry would
 * make it right.
 */
public final class BuiltinKinds {
    public static final JobKind<Sleep> SLEEP = JobKind.of("sleep", Sleep.class);

    /** Tried again after a second each time, so that one can watch it. */
    public static final JobKind<Fail> FAIL =
            JobKind.of("fail", Fail.class).withRetry(RetryPolicy.fixed(Duration.ofSeconds(1)));

    public static final JobKind<HttpCall> HTTP = JobKind.of("http", HttpCall.class);

    public static final JobKind<Exec> EXEC = JobKind.of("exec", Exec.class);

    private BuiltinKinds() {}

    /** Has the kinds that are enabled run by this engine, before {@link Leat#start}. */
    public static void register(Leat leat, KindsConfig config) {
        Set<KindName> enabled = config.enabled();
        if (enabled.contains(SLEEP.name())) {
            handle(leat, SLEEP, BuiltinKinds::waitOut);
        }
        if (enabled.contains(FAIL.name())) {
            handle(leat, FAIL, BuiltinKinds::fail);
        }
        if (enabled.contains(HTTP.name())) {
            handle(
                    leat,
                    HTTP,
                    new HttpCaller(config.http(), Resolver.SYSTEM, DefaultClientTlsStrategy.createDefault()));
        }
        if (enabled.contains(EXEC.name())) {
            handle(leat, EXEC, new ProgramRunner(config.exec()));
        }
    }

    static <P> void handle(Leat leat, JobKind<P> kind, Handler<P> handler) {
        leat.handle(kind, new Strict<>(handler));
    }

    /** Discards what cannot be read. */
    private record Strict<P>(Handler<P> handler) implements Handler<P> {
        @Override
        public void handle(P payload, JobContext job) throws Exception {
            handler.handle(payload, job);
        }

        @Override
        public RuntimeException unreadable(JsonException problem) {
            return JobSignal.discard("payload: " + why(problem));
        }
    }

    /** The words of the payload's own check, if that is what refused it. */
    private static String why(JsonException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidValueException refused) {
                return String.valueOf(refused.getMessage());
            }
        }
        return String.valueOf(e.getMessage());
    }

    private static void waitOut(Sleep sleep, JobContext job) throws InterruptedException {
        // Nobody counts it down: it waits out its time, or until it is interrupted.
        if (!new CountDownLatch(1).await(sleep.millis(), TimeUnit.MILLISECONDS)) {
            job.result(new Sleep.Slept(sleep.millis()));
        }
    }

    private static void fail(Fail fail, JobContext job) throws Fail.OnPurpose {
        Integer attempts = fail.attempts();
        if (attempts == null || job.attempt() <= attempts) {
            throw new Fail.OnPurpose(fail.message());
        }
    }
}
