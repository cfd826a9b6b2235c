package dev.leat.cli.jobs;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.cli.screen.Text;
import dev.leat.wire.ApiException;
import dev.leat.wire.JobView;
import dev.leat.wire.LeatApi;
import dev.leat.wire.Problem;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Does the same to each of several jobs, and tells of each what came of it. */
record ChangedJobs(Target target, List<JobId> ids) {
    /**
     * Goes on after a job that is refused; gives up when the server or its store is not there.
     *
     * @return 0 if it was done to all, else 1
     */
    int each(BiFunction<LeatApi, JobId, JobView> change) {
        boolean all = true;
        try (Session session = target.open()) {
            for (JobId id : ids) {
                all &= one(id, session.api(), change);
            }
        }
        return all ? 0 : 1;
    }

    private boolean one(JobId id, LeatApi api, BiFunction<LeatApi, JobId, JobView> change) {
        try {
            JobState state = change.apply(api, id).state();
            if (target.json()) {
                target.printJson(new Line(id, state, null));
            } else {
                target.out().println(id + "  " + state.word());
            }
            return true;
        } catch (ApiException e) {
            int status = e.problem().status();
            if (status != 404 && status != 409) {
                throw e;
            }
            if (target.json()) {
                target.printJson(new Line(id, null, e.problem()));
            } else {
                target.err().println(id + "  " + Text.shown(e.problem().message()));
            }
            return false;
        }
    }

    /** What came of one job, as JSON. */
    record Line(
            JobId id, @Nullable JobState state, @Nullable Problem problem) {}
}
