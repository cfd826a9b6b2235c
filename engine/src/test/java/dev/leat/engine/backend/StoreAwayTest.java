package dev.leat.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Due;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.testkit.StoreClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What can be seen and changed of two stores while one of them does not answer. */
class StoreAwayTest {
    private static final TenantName TENANT = TenantName.MAIN;
    private static final JobId HERE = new JobId(1);
    private static final JobId THERE = new JobId(2);

    private final StoreClock clock = new StoreClock();
    private final InMemoryJobStore away = with(THERE);
    private final InMemoryJobStore there = with(HERE);
    private boolean answers;

    private InMemoryJobStore with(JobId id) {
        InMemoryJobStore store = new InMemoryJobStore(clock);
        Lane lane = new Lane(TENANT, QueueName.DEFAULT, new KindName("note"));
        store.enqueue(List.of(new NewJob(id, id.value(), lane, Payload.json("1"), 4, 3, Due.now())));
        return store;
    }

    /** The way to a facet, which is broken unless {@link #answers}. */
    private <T> T unsteady(Class<T> facet, T of) {
        return facet.cast(Proxy.newProxyInstance(
                facet.getClassLoader(), new Class<?>[] {facet}, (proxy, method, arguments) -> {
                    if (!answers) {
                        throw new StoreException("the store is away", Effect.NONE, null);
                    }
                    try {
                        return method.invoke(of, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private Inspect inspect() {
        return new InspectAll(List.of(unsteady(Inspect.class, away), there));
    }

    private Operate operate() {
        return new OperateAll(
                List.of(
                        new OperateAll.Part("away", unsteady(Operate.class, away), unsteady(Inspect.class, away)),
                        new OperateAll.Part("there", there, there)),
                queue -> "there");
    }

    @Test
    void aJobIsFoundWhereItIs() {
        assertThat(inspect().find(TENANT, List.of(HERE, HERE))).hasSize(2);
        assertThatThrownBy(() -> inspect().find(TENANT, List.of(HERE, THERE))).isInstanceOf(StoreException.class);
        answers = true;
        assertThat(inspect().find(TENANT, List.of(HERE, THERE, new JobId(3)))).hasSize(2);
    }

    @Test
    void whatWouldBeIncompleteIsRefused() {
        assertThatThrownBy(() -> inspect().counts(TENANT)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> inspect().queueNames(TENANT)).isInstanceOf(StoreException.class);
    }

    @Test
    void aJobIsChangedWhereItIs() {
        assertThat(operate().amend(TENANT, List.of(HERE), new Amendment.Reprioritise(1)))
                .allMatch(Operated.Done.class::isInstance);
        assertThat(operate().amend(TENANT, List.of(HERE), new Amendment.Move(new QueueName("other"))))
                .allMatch(Operated.Done.class::isInstance);
        assertThatThrownBy(() -> operate().cancel(TENANT, List.of(THERE)))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
        assertThatThrownBy(() -> operate().cancel(TENANT, List.of(HERE, THERE)))
                .as("of which one was done")
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.UNKNOWN));
        answers = true;
        assertThat(operate().cancel(TENANT, List.of(HERE, THERE)))
                .as("asked again")
                .hasExactlyElementsOfTypes(Operated.NotAllowed.class, Operated.Done.class);
    }

    @Test
    void oneThatIsAwayMakesTheWholeNoWorseThanDegraded() {
        JobStore ill = new ForwardingJobStore(there) {
            @Override
            public Health health() {
                return new Health(Health.Status.UNHEALTHY, "it is away");
            }
        };

        Health besides = new Backends(Map.of(Backends.STANDARD, there, "archive", ill)).health();
        assertThat(besides.status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(besides.detail()).contains("archive: it is away");
        assertThat(new Backends(Map.of(Backends.STANDARD, ill, "archive", there))
                        .health()
                        .status())
                .isEqualTo(Health.Status.UNHEALTHY);
        assertThat(new Backends(Map.of(Backends.STANDARD, there, "archive", away))
                        .health()
                        .status())
                .isEqualTo(Health.Status.HEALTHY);
    }
}
