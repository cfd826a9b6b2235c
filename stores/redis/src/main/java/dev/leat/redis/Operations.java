package dev.leat.redis;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Changes single jobs by hand, at most {@value Turns#STEP} in one script. */
final class Operations implements Operate {

    private final RedisLink link;
    private final JobLayout layout;
    private final RedisWakeups wakeups;

    Operations(RedisLink link, RedisWakeups wakeups, JobLayout layout) {
        this.link = link;
        this.layout = layout;
        this.wakeups = wakeups;
    }

    @Override
    public List<Operated> cancel(TenantName tenant, List<JobId> ids) {
        return operate(tenant, ids, "cancel", Arguments.NOTHING);
    }

    @Override
    public List<Operated> retry(TenantName tenant, List<JobId> ids) {
        return operate(tenant, ids, "retry", Arguments.NOTHING);
    }

    @Override
    public List<Operated> amend(TenantName tenant, List<JobId> ids, Amendment amendment) {
        return switch (amendment) {
            case Amendment.Reschedule(var due) ->
                operate(tenant, ids, "reschedule", Arguments.text(Arguments.due(due)));
            case Amendment.Reprioritise(int priority) ->
                operate(tenant, ids, "reprioritise", Arguments.text(Integer.toString(priority)));
            case Amendment.Move(var queue) -> operate(tenant, ids, "move", Arguments.text(queue.value()));
            case Amendment.ReplacePayload(var payload) -> operate(tenant, ids, "payload", Bodies.one(payload));
        };
    }

    private List<Operated> operate(TenantName tenant, List<JobId> ids, String verb, byte[] value) {
        Checks.range("ids", ids.size(), 0, JobStore.BATCH_JOBS);
        List<Operated> answers = new ArrayList<>(ids.size());
        RedisLink.Progress progress = new RedisLink.Progress();
        for (int from = 0; from < ids.size(); from += Turns.STEP) {
            List<JobId> some = ids.subList(from, Math.min(ids.size(), from + Turns.STEP));
            Arguments arguments =
                    new Arguments().add(tenant.value()).add(verb).add(value).add(MOST_ATTEMPTS);
            some.forEach(id -> arguments.add(Ids.text(id)));
            Reply reply = progress.step(() -> link.run(layout.script("operate"), arguments));
            some.forEach(id -> answers.add(answer(id, reply.list())));
        }
        wakeups.available(answers.stream()
                .flatMap(answer -> answer instanceof Operated.Done(JobId job, Lane lane, JobState state)
                                && state == JobState.AVAILABLE
                        ? Stream.of(lane)
                        : Stream.empty())
                .collect(Collectors.toSet()));
        return answers;
    }

    private static Operated answer(JobId id, Reply reply) {
        return switch (reply.text()) {
            case "D" -> new Operated.Done(id, Ids.lane(reply.next()), Inspection.state(reply.number()));
            case "A" -> new Operated.NotAllowed(id, Inspection.state(reply.number()));
            default -> new Operated.NotFound(id);
        };
    }
}
