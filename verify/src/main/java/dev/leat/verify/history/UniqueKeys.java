package dev.leat.verify.history;

import dev.leat.api.JobId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who had which unique key when, as far as that is certain. */
final class UniqueKeys {
    private final Violations violations;
    private final Map<Place, Key> keys = new HashMap<>();
    private final Map<Long, Hold> holds = new HashMap<>();

    /** Accepted, in the order of time, with nothing known yet that was certainly later by the store's clock. */
    private final Deque<Hold> undated = new ArrayDeque<>();

    UniqueKeys(Violations violations) {
        this.violations = violations;
    }

    private record Place(
            @Nullable String tenant,
            @Nullable String queue,
            @Nullable String kind,
            String text) {}

    private static final class Key {
        /** In the order in which that was known. */
        final List<Hold> accepted = new ArrayList<>();

        /** By the store's clock nobody else can have it until then. */
        long windowUntil = Long.MIN_VALUE;

        long windowOf;
    }

    /** A job's hold of its key, which it has from its acceptance on. */
    private static final class Hold {
        final JobTrace job;
        final Place place;
        final Key key;

        /** 0 if it is held until the job has ended. */
        final long window;

        final long askedAt;

        /** By the store's clock it was asked for no earlier. */
        final long askedAfter;

        /** What others had when it was asked for. */
        final long takenUntil;

        final long takenBy;

        long acceptedAt = Long.MAX_VALUE;

        /** By the store's clock it was accepted no later. */
        long acceptedBefore = Long.MAX_VALUE;

        boolean told;

        Hold(JobTrace job, Place place, Key key, Event asked, long storeTime) {
            this.job = job;
            this.place = place;
            this.key = key;
            window = asked.lasting();
            askedAt = asked.at();
            askedAfter = storeTime;
            takenUntil = key.windowUntil;
            takenBy = key.windowOf;
        }

        boolean isAccepted() {
            return acceptedAt != Long.MAX_VALUE;
        }

        String name() {
            return "unique key " + place.text;
        }
    }

    /** A job is to be enqueued. */
    void asked(Event event, JobTrace job, long storeTime) {
        String text = event.uniqueKey();
        if (text != null && !holds.containsKey(job.id)) {
            Place place = new Place(event.tenant(), event.queue(), event.kind(), text);
            holds.put(job.id, new Hold(job, place, keys.computeIfAbsent(place, first -> new Key()), event, storeTime));
        }
    }

    /** It is certainly not stored. */
    void refused(JobTrace job) {
        holds.remove(job.id);
    }

    /** It is certainly stored. */
    void accepted(JobTrace job, long at) {
        Hold hold = holds.get(job.id);
        if (hold == null || hold.isAccepted()) {
            return;
        }
        hold.acceptedAt = at;
        hold.key.accepted.add(hold);
        undated.add(hold);
        if (hold.window > 0
                && hold.askedAfter != Long.MIN_VALUE
                && hold.askedAfter + hold.window > hold.key.windowUntil) {
            hold.key.windowUntil = hold.askedAfter + hold.window;
            hold.key.windowOf = job.id;
        }
    }

    /** It was not stored, since this other one is said to have its key. */
    void held(JobTrace job, long holder, long at) {
        Hold mine = holds.get(job.id);
        Hold other = holds.get(holder);
        if (mine == null || other == null || other == mine || !mine.place.equals(other.place)) {
            violations.add(
                    Invariant.I11,
                    job,
                    holder,
                    at,
                    "was held by " + new JobId(holder) + ", which cannot have its unique key");
            return;
        }
        Hold later = other.key.accepted.stream()
                .filter(each -> each.askedAt > other.acceptedAt && each.acceptedAt < mine.askedAt)
                .findFirst()
                .orElse(null);
        String why = null;
        if (later != null) {
            why = "after which " + new JobId(later.job.id) + " had taken it";
        } else if (other.window == 0) {
            why = other.job.hadEnded(mine.askedAt) ? "which had been " + other.job.ended : null;
        } else if (other.acceptedBefore != Long.MAX_VALUE && other.acceptedBefore + other.window <= mine.askedAfter) {
            why = "whose window was over";
        }
        if (why != null) {
            violations.add(
                    Invariant.I11,
                    job,
                    holder,
                    at,
                    "was not stored because of " + mine.name() + ", held by " + new JobId(holder) + ", " + why);
        }
    }

    /** By the store's clock it was this time when something was done that had been asked for then. */
    void dated(long time, long askedAt) {
        while (!undated.isEmpty() && undated.peek().acceptedAt < askedAt) {
            Hold hold = Objects.requireNonNull(undated.poll());
            hold.acceptedBefore = time;
            if (time < hold.takenUntil) {
                violations.add(
                        Invariant.I11,
                        hold.job,
                        hold.takenBy,
                        hold.acceptedAt,
                        "was accepted under " + hold.name() + " at least " + (hold.takenUntil - time)
                                + " ns before the window of " + new JobId(hold.takenBy) + " was over");
            }
        }
    }

    /** The job had certainly not ended at some moment after that: nobody can have been given its key in between. */
    void lives(JobTrace job, long since) {
        Hold hold = holds.get(job.id);
        if (hold == null || hold.told || hold.window > 0 || !hold.isAccepted() || job.retriesByHand.most() > 0) {
            return;
        }
        List<Hold> accepted = hold.key.accepted;
        for (int i = accepted.size() - 1; i >= 0 && accepted.get(i).acceptedAt >= hold.acceptedAt; i--) {
            Hold other = accepted.get(i);
            if (other.askedAt > hold.acceptedAt && other.acceptedAt < since) {
                hold.told = true;
                violations.add(
                        Invariant.I11,
                        other.job,
                        job.id,
                        other.acceptedAt,
                        "was accepted under " + hold.name() + ", which " + new JobId(job.id)
                                + " held before and after");
                return;
            }
        }
    }
}
