package dev.leat.kv;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Due;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Changes single jobs by hand, each judged and changed by itself, one after the other. */
final class Operations {
    private final Transaction tx;
    private final Draft draft;
    private final Moves moves;

    Operations(Transaction tx) {
        this.tx = tx;
        draft = tx.draft();
        moves = new Moves(tx);
    }

    List<Operated> cancel(TenantName tenant, List<JobId> ids) {
        return operated(tenant, ids, this::cancels);
    }

    List<Operated> retry(TenantName tenant, List<JobId> ids) {
        return operated(tenant, ids, this::retries);
    }

    List<Operated> amend(TenantName tenant, List<JobId> ids, Amendment amendment) {
        return operated(tenant, ids, place -> amends(place, amendment));
    }

    /** @param verb tells whether the job is now as was asked */
    private List<Operated> operated(TenantName tenant, List<JobId> ids, Predicate<Place> verb) {
        List<Operated> answers = new ArrayList<>(ids.size());
        for (JobId id : ids) {
            Place before = Place.of(draft, id).orElse(null);
            if (before == null || !lane(before).tenant().equals(tenant)) {
                answers.add(new Operated.NotFound(id));
            } else if (verb.test(before)) {
                Place after = Place.of(draft, id).orElseThrow();
                answers.add(new Operated.Done(id, lane(after), after.state()));
            } else {
                answers.add(new Operated.NotAllowed(id, before.state()));
            }
        }
        return answers;
    }

    private Lane lane(Place place) {
        return tx.lanes().lane(place.job().lane());
    }

    private boolean cancels(Place place) {
        if (!place.waits()) {
            return false;
        }
        moves.leave(place);
        moves.toEnd(
                place.job(),
                JobState.CANCELLED,
                null,
                null,
                Failure.of("cancelled by hand while it was " + place.state().word()));
        return true;
    }

    private boolean retries(Place place) {
        if (place.state() == JobState.AVAILABLE) {
            return true;
        }
        int attempt = place.job().attempt();
        if (place.state() == JobState.RUNNING
                || place.state() == JobState.COMPLETED
                || attempt >= Operate.MOST_ATTEMPTS) {
            return false;
        }
        moves.leave(place);
        if (place.run() != null) {
            Ended ended = place.state() == JobState.CANCELLED ? Ended.CANCELLED : Ended.FAILED;
            moves.addAttempt(place, ended, place.at(), place.failure());
        }
        moves.toAvailable(
                place.job().with(0, 0).withMaxAttempts(Math.max(place.job().maxAttempts(), attempt + 1)));
        return true;
    }

    private boolean amends(Place place, Amendment amendment) {
        if (!place.waits()) {
            return false;
        }
        Standing job = place.job();
        switch (amendment) {
            case Amendment.Reschedule(Due due) -> reschedule(place, due);
            case Amendment.Reprioritise(int priority) -> {
                if (priority != job.priority()) {
                    move(place, job.in(job.lane(), priority));
                }
            }
            case Amendment.Move(QueueName queue) -> {
                Lane lane = lane(place);
                if (!queue.equals(lane.queue())) {
                    move(place, job.in(tx.number(new Lane(lane.tenant(), queue, lane.kind())), job.priority()));
                }
            }
            case Amendment.ReplacePayload(Payload payload) ->
                StoredJob.of(draft, job.id()).orElseThrow().replace(draft, payload);
        }
        return true;
    }

    private void reschedule(Place place, Due due) {
        long at = Enqueuer.due(due, tx.now());
        if (at > tx.now()) {
            moves.leave(place);
            moves.toWaiting(place.job().cleared(), at, false);
        } else if (place.state() != JobState.AVAILABLE) {
            moves.leave(place);
            moves.toAvailable(place.job().cleared());
        }
    }

    /** An available job comes behind what is available in its new place. */
    private void move(Place place, Standing job) {
        moves.leave(place);
        if (place.state() == JobState.AVAILABLE) {
            moves.toAvailable(job);
        } else {
            moves.toWaiting(job, place.at(), place.state() == JobState.RETRYABLE);
        }
    }
}
