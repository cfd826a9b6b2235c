package dev.leat.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.UniqueKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One call that stores new jobs.
 *
 * <p>The script stores all that it is given or nothing, and then says which jobs stood in the way: they are answered, and the rest is
 * sent again. A job whose id stands in the list before is answered by what became of the first one.
 */
final class Enqueuing {
    /** The most jobs, and the most bytes of payload unless it is one job, in a block. */
    static final int BLOCK_JOBS = 100;

    private static final int BLOCK_BYTES = 32 * 1024;

    /** Half of what Redis takes of a client before it cuts the connection. */
    private static final long MOST_BYTES = 512L * 1024 * 1024;

    private final RedisLink link;
    private final JobLayout layout;
    private final RedisWakeups wakeups;
    private final List<NewJob> jobs;
    private final @Nullable Enqueued[] answers;

    private Enqueuing(RedisLink link, RedisWakeups wakeups, JobLayout layout, List<NewJob> jobs) {
        this.link = link;
        this.layout = layout;
        this.wakeups = wakeups;
        this.jobs = jobs;
        answers = new Enqueued[jobs.size()];
    }

    static List<Enqueued> of(RedisLink link, RedisWakeups wakeups, JobLayout layout, List<NewJob> jobs) {
        Checks.range(
                "bytes", jobs.stream().mapToLong(job -> job.payload().size()).sum(), 0, MOST_BYTES);
        return new Enqueuing(link, wakeups, layout, jobs).answers();
    }

    private List<Enqueued> answers() {
        TreeSet<Integer> left = new TreeSet<>();
        for (int i = 0; i < jobs.size(); i++) {
            left.add(i);
        }
        RedisLink.Progress progress = new RedisLink.Progress();
        while (!left.isEmpty()) {
            Map<JobId, Integer> first = new HashMap<>();
            left.forEach(i -> first.putIfAbsent(jobs.get(i).id(), i));
            progress.step(() -> store(new TreeSet<>(first.values())));
            left.removeIf(i -> isAnswered(i, first.getOrDefault(jobs.get(i).id(), i)));
        }
        List<Enqueued> all = new ArrayList<>(answers.length);
        for (Enqueued answer : answers) {
            all.add(Objects.requireNonNull(answer));
        }
        return all;
    }

    /** Whether the job has its answer, possibly by that of the first with its id. */
    private boolean isAnswered(int i, int first) {
        Enqueued answer = answers[first];
        if (i != first && answer != null) {
            answers[i] = again(jobs.get(i), jobs.get(first), answer);
        }
        return answers[i] != null;
    }

    private static @Nullable Enqueued again(NewJob job, NewJob first, Enqueued answer) {
        boolean same = job.lane().equals(first.lane())
                && job.nonce() == first.nonce()
                && job.payload().equals(first.payload());
        return switch (answer) {
            case Enqueued.Accepted(JobId id) -> same ? new Enqueued.Duplicate(id) : new Enqueued.Clash(id);
            case Enqueued.Duplicate(JobId id) -> same ? answer : new Enqueued.Clash(id);
            case Enqueued.Clash clash -> same ? clash : null;
            case Enqueued.Held held -> same && Objects.equals(job.uniqueKey(), first.uniqueKey()) ? held : null;
            case Enqueued.InTransaction inTransaction ->
                throw new IllegalStateException("no transaction of a caller's");
        };
    }

    /** Answers all of these jobs, whose ids differ, but those whose key was to be held by one that then was not stored. */
    private boolean store(SortedSet<Integer> wanted) {
        Set<Integer> heldInList = new HashSet<>();
        while (!wanted.isEmpty()) {
            List<Block> blocks = blocks(wanted);
            List<Conflict> conflicts = conflicts(blocks);
            if (conflicts.isEmpty()) {
                wanted.forEach(
                        i -> answers[i] = new Enqueued.Accepted(jobs.get(i).id()));
                break;
            }
            Set<JobId> sent = new HashSet<>();
            wanted.forEach(i -> sent.add(jobs.get(i).id()));
            for (Conflict conflict : conflicts) {
                wanted.remove(conflict.job);
                answers[conflict.job] = conflict.answer;
                if (conflict.answer instanceof Enqueued.Held(JobId id, JobId holder)
                        && sent.contains(holder)
                        && !holder.equals(id)) { // as when a window outlived its job
                    heldInList.add(conflict.job);
                }
            }
        }
        Set<JobId> accepted = new HashSet<>();
        for (Enqueued answer : answers) {
            if (answer instanceof Enqueued.Accepted(JobId id)) {
                accepted.add(id);
            }
        }
        for (int i : heldInList) {
            if (answers[i] instanceof Enqueued.Held held && !accepted.contains(held.holder())) {
                answers[i] = null;
            }
        }
        return true;
    }

    private List<Conflict> conflicts(List<Block> blocks) {
        Arguments arguments = new Arguments();
        Map<String, byte[]> streams = new HashMap<>();
        for (Block block : blocks) {
            NewJob first = block.first();
            layout.enqueued(first.lane(), first.priority()).forEach(key -> streams.put(new String(key, US_ASCII), key));
            arguments
                    .add(Ids.text(first.id()))
                    .add(block.jobs.size())
                    .add(Ids.text(first.lane()))
                    .add(first.priority())
                    .add(first.maxAttempts())
                    .add(Arguments.due(first.due()))
                    .add(key(first.uniqueKey()))
                    .add(Bodies.pack(block.jobs));
        }
        Reply reply = link.run(layout.script("enqueue"), List.copyOf(streams.values()), arguments);
        List<Conflict> conflicts = new ArrayList<>();
        Reply known = reply.list();
        while (known.hasMore()) {
            int job = blocks.get(known.number()).indexes.get(known.number());
            conflicts.add(new Conflict(job, answer(jobs.get(job).id(), known.text(), known.next())));
        }
        wakeups.available(Ids.lanes(reply.list()));
        return conflicts;
    }

    private static Enqueued answer(JobId id, String what, Object holder) {
        return switch (what) {
            case "D" -> new Enqueued.Duplicate(id);
            case "C" -> new Enqueued.Clash(id);
            case "H" -> new Enqueued.Held(id, Ids.id(holder));
            default -> throw new IllegalStateException("the script answered " + what);
        };
    }

    private static String key(@Nullable UniqueKey key) {
        if (key == null) {
            return "";
        }
        return (key.window() == null ? 0 : Arguments.millis(key.window())) + ":" + key.text();
    }

    private List<Block> blocks(SortedSet<Integer> indexes) {
        List<Block> blocks = new ArrayList<>();
        Block last = null;
        for (int i : indexes) {
            NewJob job = jobs.get(i);
            if (last == null || !last.takes(job)) {
                last = new Block();
                blocks.add(last);
            }
            last.add(i, job);
        }
        return blocks;
    }

    private record Conflict(Integer job, Enqueued answer) {}

    /** Jobs with contiguous ids on one page that are alike. */
    private static final class Block {
        final List<NewJob> jobs = new ArrayList<>();
        final List<Integer> indexes = new ArrayList<>();
        int bytes;

        NewJob first() {
            return jobs.getFirst();
        }

        boolean takes(NewJob job) {
            NewJob first = first();
            Lane lane = first.lane();
            return jobs.size() < BLOCK_JOBS
                    && bytes + job.payload().size() <= BLOCK_BYTES
                    && job.id().value() == first.id().value() + jobs.size()
                    && Ids.areOnOnePage(first.id(), job.id())
                    && lane.equals(job.lane())
                    && first.priority() == job.priority()
                    && first.maxAttempts() == job.maxAttempts()
                    && first.due().equals(job.due())
                    && first.uniqueKey() == null
                    && job.uniqueKey() == null;
        }

        void add(int index, NewJob job) {
            jobs.add(job);
            indexes.add(index);
            bytes += job.payload().size();
        }
    }
}
