package dev.leat.verify.history;

import dev.leat.api.store.JobStore;
import java.util.Collection;
import java.util.Objects;

/** Holds what is in the store at the end against what was done to get there. */
final class Ending {
    private final Violations violations;
    private long lost;

    Ending(Violations violations) {
        this.violations = violations;
    }

    /** Jobs that were acknowledged and are gone, or still wait. */
    long lost() {
        return lost;
    }

    /**
     * A job as it was found.
     *
     * @param unansweredClaims that nobody heard of
     * @return how many of these it takes to explain what the job is charged
     */
    int found(Event event, JobTrace job, int unansweredClaims) {
        String state = Objects.requireNonNullElse(event.word(), "");
        job.found = state;
        if (job.asked == null) {
            violations.add(Invariant.I2, job, event.at(), "is in the store, and was never enqueued or not stored");
            return 0;
        }
        int unheardOf = unheardOf(event, job, unansweredClaims);
        int alone = job.unsettledAlone + unheardOf;
        checkState(event, state, job, alone);
        checkEnd(event, job, unansweredClaims - unheardOf);
        checkCharged(event, job, alone);
        checkAmended(event, job);
        return unheardOf;
    }

    /** How many leases that nobody heard of it takes to explain what the job is charged, at most as many as there may be. */
    private static int unheardOf(Event event, JobTrace job, int unansweredClaims) {
        int charged = Math.max(event.crashes(), event.attempt() - job.attempts.most());
        return Math.clamp(charged - job.unsettledAlone, 0, unansweredClaims);
    }

    private void checkState(Event event, String state, JobTrace job, int alone) {
        switch (state) {
            case "completed" -> {
                if (job.completions.most() == 0) {
                    violations.add(Invariant.I3, job, event.at(), "is completed, and nobody completed it");
                }
            }
            case "cancelled" -> {
                if (job.cancels.most() == 0) {
                    violations.add(Invariant.I1, job, event.at(), "is cancelled, and nobody cancelled it");
                }
            }
            case "discarded" -> {
                boolean crashed = event.crashes() >= JobStore.CRASH_LIMIT
                        || (alone > 0 && event.attempt() >= event.maxAttempts());
                if (job.discards.most() == 0 && !crashed) {
                    violations.add(
                            Invariant.I7, job, event.at(), "is discarded, and neither failed nor crashed often enough");
                }
            }
            default -> {
                lost++;
                violations.add(Invariant.I1, job, event.at(), "is still " + state + " at the end");
            }
        }
    }

    private void checkEnd(Event event, JobTrace job, int unansweredClaims) {
        if (job.completions.done > 0 && !event.says("completed")) {
            lost++;
            violations.add(Invariant.I1, job, event.at(), "was completed, and is " + event.word());
        } else if (job.hadEnded(event.at()) && !event.says(Objects.requireNonNull(job.ended))) {
            violations.add(Invariant.I1, job, event.at(), "had been " + job.ended + ", and is " + event.word());
        }
        if (job.revivedAt != Long.MIN_VALUE
                && !job.livedSince(job.revivedAt)
                && job.cancels.possible == 0
                && unansweredClaims == 0) {
            violations.add(Invariant.I1, job, event.at(), "was retried by hand, and never ran again");
        }
    }

    private void checkCharged(Event event, JobTrace job, int alone) {
        if (event.attempt() < job.attempts.done) {
            violations.add(
                    Invariant.I7,
                    job,
                    event.at(),
                    "counts " + event.attempt() + " attempts, and " + job.attempts.done + " of its runs cost one");
        }
        if (event.crashes() > alone) {
            violations.add(
                    Invariant.I7,
                    job,
                    event.at(),
                    "is charged " + event.crashes() + " crashes, and was alone in " + alone
                            + " leases that were not settled");
        }
        if (event.attempt() > job.attempts.most() + alone) {
            violations.add(
                    Invariant.I7,
                    job,
                    event.at(),
                    "is charged " + event.attempt() + " attempts, and at most " + (job.attempts.most() + alone)
                            + " of its runs cost one");
        }
    }

    private void checkAmended(Event event, JobTrace job) {
        if (event.queue() == null) {
            // Not told.
            return;
        }
        if (!job.mayBeIn(event.queue(), event.at())) {
            violations.add(
                    Invariant.I2,
                    job,
                    event.at(),
                    "is in queue " + event.queue() + ", where it was neither enqueued nor moved");
        }
        if (!job.mayHavePriority(event.priority(), event.at())) {
            violations.add(
                    Invariant.I2, job, event.at(), "has priority " + event.priority() + ", which it was not given");
        }
    }

    /** What can only be judged when the history is complete. */
    void judge(Collection<JobTrace> jobs) {
        for (JobTrace job : jobs) {
            if ((job.accepted || job.stored) && job.found == null) {
                lost++;
                violations.add(
                        Invariant.I1,
                        job,
                        Long.MAX_VALUE,
                        "was " + (job.accepted ? "accepted" : "handed out") + ", and is not in the store at the end");
            }
            checkRows(job);
        }
    }

    private void checkRows(JobTrace job) {
        JobTrace.Tally transactions = job.transactions;
        int otherwise = job.completions.most() - transactions.most();
        boolean completed = Objects.equals(job.found, "completed");
        String what = null;
        if (job.rows > 1) {
            what = "has " + job.rows + " rows of its handler";
        } else if (job.rows == 1 && transactions.most() == 0) {
            what = "has a row of its handler, and no transaction was to complete it";
        } else if (job.rows == 1 && !completed) {
            what = "has a row of its handler, and is " + (job.found == null ? "gone" : job.found);
        } else if (job.rows == 1 && job.completions.done > transactions.done) {
            what = "has a row of its handler, and was completed without it";
        } else if (job.rows == 0 && transactions.done > 0) {
            what = "was completed in a transaction whose row is not there";
        } else if (job.rows == 0 && completed && transactions.possible > 0 && otherwise == 0) {
            what = "is completed, and the row of the transaction that did it is not there";
        }
        if (what != null) {
            violations.add(Invariant.I18, job, Long.MAX_VALUE, what);
        }
    }
}
