package dev.leat.engine.backend;

import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Changes jobs of several stores: each where it is found. While a store is away, those of the others can be changed.
 *
 * @param destination the name of the part that a queue's jobs are to be in
 */
record OperateAll(List<Part> all, Function<QueueName, String> destination) implements Operate {
    /** One of the stores. */
    record Part(String name, Operate operate, Inspect inspect) {}

    @Override
    public List<Operated> cancel(TenantName tenant, List<JobId> ids) {
        return each(all, ids, (store, some) -> store.cancel(tenant, some));
    }

    @Override
    public List<Operated> retry(TenantName tenant, List<JobId> ids) {
        return each(all, ids, (store, some) -> store.retry(tenant, some));
    }

    /** @throws InvalidValueException if a job were to be moved into a queue of another backend; what was moved before stays so */
    @Override
    public List<Operated> amend(TenantName tenant, List<JobId> ids, Amendment amendment) {
        return amendment instanceof Amendment.Move(QueueName to)
                ? move(tenant, ids, to, amendment)
                : each(all, ids, (store, some) -> store.amend(tenant, some, amendment));
    }

    private List<Operated> move(TenantName tenant, List<JobId> ids, QueueName to, Amendment amendment) {
        String name = destination.apply(to);
        List<Part> there = all.stream().filter(part -> part.name.equals(name)).toList();
        List<Operated> answers = each(there, ids, (store, some) -> store.amend(tenant, some, amendment));
        List<JobId> left = answers.stream()
                .filter(Operated.NotFound.class::isInstance)
                .map(Operated::job)
                .toList();
        for (Part part : left.isEmpty() ? List.<Part>of() : all) {
            if (!part.name.equals(name) && !part.inspect.find(tenant, left).isEmpty()) {
                throw new InvalidValueException(
                        "BACKEND_DIFFERS",
                        "queue",
                        "is \"" + to + "\", which is in backend " + name + ", and the job is in " + part.name,
                        "a queue of backend " + part.name);
            }
        }
        return answers;
    }

    private static List<Operated> each(
            List<Part> parts, List<JobId> ids, BiFunction<Operate, List<JobId>, List<Operated>> verb) {
        List<Operated> answers =
                new ArrayList<>(ids.stream().map(Operated.NotFound::new).toList());
        StoreException away = null;
        for (Part part : parts) {
            List<Integer> open = notFound(answers);
            if (open.isEmpty()) {
                break;
            }
            try {
                List<Operated> here =
                        verb.apply(part.operate, open.stream().map(ids::get).toList());
                for (int i = 0; i < open.size(); i++) {
                    answers.set(open.get(i), here.get(i));
                }
            } catch (StoreException e) {
                away = e;
            }
        }
        if (away != null && !notFound(answers).isEmpty()) {
            boolean partly = answers.stream().anyMatch(Operated.Done.class::isInstance);
            throw partly ? new StoreException(String.valueOf(away.getMessage()), Effect.UNKNOWN, away) : away;
        }
        return answers;
    }

    private static List<Integer> notFound(List<Operated> answers) {
        return IntStream.range(0, answers.size())
                .filter(i -> answers.get(i) instanceof Operated.NotFound)
                .boxed()
                .toList();
    }
}
