package dev.leat.wire;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of the HTTP API: what the server answers, what {@code openapi.json} says and what generated clients offer.
 *
 * @param path with {@code {name}} for parameters
 * @param request the shape of the body, or null if there is none
 * @param answer the shape of the body of a 2xx answer, or null for another media type
 * @param mediaType of the answer
 * @param refusals the statuses of the refusals that a correct client must expect, apart from 400
 */
public record Route(
        Method method,
        String path,
        String id,
        String tag,
        String summary,
        List<Parameter> parameters,
        @Nullable Shape request,
        @Nullable Shape answer,
        String mediaType,
        List<Integer> refusals) {
    public static final String BASE = "/api/v1";
    private static final String JSON = "application/json";

    /** Where a parameter stands. */
    public enum Place {
        PATH,
        QUERY,
        HEADER
    }

    /** The verb. */
    public enum Method {
        GET,
        POST
    }

    /**
     * A parameter.
     *
     * @param list whether several may be given, separated by commas
     */
    public record Parameter(String name, Place place, Shape shape, boolean list, String doc) {}

    public Route {
        parameters = List.copyOf(parameters);
        refusals = List.copyOf(refusals);
    }

    private static final Parameter ID =
            new Parameter("id", Place.PATH, Shape.of(JobId.class), false, "The id of the job.");
    private static final Parameter QUEUE =
            new Parameter("queue", Place.PATH, Shape.of(QueueName.class), false, "The name of the queue.");
    private static final Parameter OF_QUEUE =
            new Parameter("queue", Place.QUERY, Shape.of(QueueName.class), false, "Only this queue.");
    private static final Parameter OF_KIND =
            new Parameter("kind", Place.QUERY, Shape.of(KindName.class), false, "Only this kind.");

    private static final Parameter CURSOR =
            new Parameter("cursor", Place.QUERY, Shape.of(String.class), false, "The field next of the page before.");

    public static final Route ENQUEUE = post(
                    "/jobs", "enqueue", "jobs", "Enqueues one job, or an array of up to 1,000.")
            .taking(Shape.of(EnqueueJob.class))
            .with(new Parameter(
                    "Idempotency-Key",
                    Place.HEADER,
                    Shape.of(String.class),
                    false,
                    "1 to 255 printable ASCII characters. Within 24 hours, the same call with the same key answers as"
                            + " the first one did and enqueues nothing more."))
            .answering(EnqueueAnswer.class)
            .refusing(409, 413, 415, 503);

    public static final Route JOBS = get("/jobs", "listJobs", "jobs", "Lists jobs, newest first, a page at a time.")
            .with(
                    OF_QUEUE,
                    new Parameter(
                            "state",
                            Place.QUERY,
                            Shape.of(JobState.class),
                            true,
                            "Only these states, separated by commas."),
                    OF_KIND,
                    CURSOR,
                    new Parameter(
                            "limit",
                            Place.QUERY,
                            new Shape.Whole(1, JobFilter.MOST),
                            false,
                            "The most jobs of the page; " + JobFilter.DEFAULT + " if left out."))
            .answering(JobPage.class)
            .refusing(503);

    public static final Route JOB = get("/jobs/{id}", "getJob", "jobs", "Shows everything known of a job.")
            .with(ID)
            .answering(JobView.class)
            .refusing(404, 503);

    public static final Route CANCEL = post(
                    "/jobs/{id}/cancel", "cancelJob", "jobs", "Calls off a job that has not started.")
            .with(ID)
            .answering(JobView.class)
            .refusing(404, 409, 503);

    public static final Route RETRY = post(
                    "/jobs/{id}/retry",
                    "retryJob",
                    "jobs",
                    "Makes a job available now that was discarded or cancelled, or that waits for its time.")
            .with(ID)
            .answering(JobView.class)
            .refusing(404, 409, 503);

    public static final Route RESCHEDULE =
            amend("reschedule", "rescheduleJob", "Has a job that waits run at another time.", RescheduleJob.class);

    public static final Route REPRIORITISE = amend(
            "reprioritise", "reprioritiseJob", "Makes a job that waits more or less urgent.", ReprioritiseJob.class);

    public static final Route MOVE =
            amend("move", "moveJob", "Has a job wait in another queue, for the same kind of handler.", MoveJob.class);

    public static final Route REPLACE_PAYLOAD =
            amend("payload", "replacePayload", "Has a job that waits carry something else.", ReplacePayload.class);

    public static final Route QUEUES = get(
                    "/queues",
                    "listQueues",
                    "queues",
                    "Lists queues by name with how many of their jobs are in each state, a page at a time.")
            .with(
                    CURSOR,
                    new Parameter(
                            "limit",
                            Place.QUERY,
                            new Shape.Whole(1, QueueFilter.MOST),
                            false,
                            "The most queues of the page; " + QueueFilter.DEFAULT + " if left out."))
            .answering(QueuePage.class)
            .refusing(503);

    public static final Route PAUSE = post(
                    "/queues/{queue}/pause",
                    "pauseQueue",
                    "queues",
                    "Has no worker take jobs from the queue any more, within about two seconds. What runs goes on.")
            .with(QUEUE)
            .answering(QueueView.class)
            .refusing(503);

    public static final Route RESUME = post(
                    "/queues/{queue}/resume", "resumeQueue", "queues", "Has workers take jobs from the queue again.")
            .with(QUEUE)
            .answering(QueueView.class)
            .refusing(503);

    public static final Route ROUTE = post(
                    "/queues/{queue}/route",
                    "routeQueue",
                    "queues",
                    "Has the new jobs of the queue go into another backend, from some seconds later on. Those that it"
                            + " has stay where they are, and run from there.")
            .taking(Shape.of(RouteQueue.class))
            .with(QUEUE)
            .answering(QueueRoute.class)
            .refusing(413, 415, 503);

    public static final Route BACKENDS = get(
                    "/backends", "listBackends", "system", "Lists the backends with what each of them can do.")
            .answering(BackendList.class)
            .refusing(503);

    public static final Route DEQUEUE = post(
                    "/queues/{queue}/dequeue",
                    "dequeueJobs",
                    "queues",
                    "Takes jobs from the queue, for callers that run them by themselves. They come back if they are not"
                            + " settled before their lease ends.")
            .taking(Shape.of(DequeueJobs.class))
            .with(QUEUE)
            .answering(DequeuedJobs.class)
            .refusing(413, 415, 503);

    public static final Route ACK = settle("ack", "ackJobs", "Says that jobs are done that were taken.", AckJobs.class);

    public static final Route NACK = settle(
            "nack",
            "nackJobs",
            "Says that jobs are not done that were taken: to be tried again or not.",
            NackJobs.class);

    public static final Route RELEASE = settle(
            "release",
            "releaseJobs",
            "Gives jobs back that were taken and not begun, which costs them no attempt.",
            ReleaseJobs.class);

    public static final Route EXTEND =
            settle("extend", "extendJobs", "Has jobs that were taken be the caller's for longer.", ExtendJobs.class);

    public static final Route PRUNE = post(
                    "/prune",
                    "pruneJobs",
                    "system",
                    "Removes jobs that ended longer ago than the server keeps them, a part of them at a call, or tells"
                            + " how many there are.")
            .taking(Shape.of(PruneJobs.class))
            .answering(PruneAnswer.class)
            .refusing(409, 413, 415, 503);

    public static final Route STATS = get("/stats", "getStats", "system", "Shows the whole at a glance.")
            .answering(Stats.class)
            .refusing(503);

    public static final Route EVENTS = get(
                    "/events",
                    "followEvents",
                    "system",
                    "Follows what happens, as server-sent events: \"job\" when a job came into a state, \"queues\""
                            + " with the counts of the first 1,000 queues at most once a second while they change, and"
                            + " \"reset\" when events were missed and what is shown must be read anew. Goes on after"
                            + " Last-Event-ID.")
            .with(
                    OF_QUEUE,
                    OF_KIND,
                    new Parameter("job", Place.QUERY, Shape.of(JobId.class), false, "Only this job."),
                    new Parameter(
                            "Last-Event-ID",
                            Place.HEADER,
                            Shape.of(String.class),
                            false,
                            "The id of the last event that arrived."))
            .as("text/event-stream")
            .refusing(503);

    public static final List<Route> ALL = List.of(
            ENQUEUE,
            JOBS,
            JOB,
            CANCEL,
            RETRY,
            RESCHEDULE,
            REPRIORITISE,
            MOVE,
            REPLACE_PAYLOAD,
            QUEUES,
            PAUSE,
            RESUME,
            ROUTE,
            DEQUEUE,
            ACK,
            NACK,
            RELEASE,
            EXTEND,
            PRUNE,
            STATS,
            BACKENDS,
            EVENTS);

    private static Route get(String path, String id, String tag, String summary) {
        return new Route(Method.GET, BASE + path, id, tag, summary, List.of(), null, null, JSON, List.of());
    }

    private static Route post(String path, String id, String tag, String summary) {
        return new Route(Method.POST, BASE + path, id, tag, summary, List.of(), null, null, JSON, List.of());
    }

    private static Route amend(String verb, String id, String summary, Class<?> change) {
        return post("/jobs/{id}/" + verb, id, "jobs", summary)
                .taking(Shape.of(change))
                .with(ID)
                .answering(JobView.class)
                .refusing(404, 409, 413, 415, 503);
    }

    private static Route settle(String verb, String id, String summary, Class<?> jobs) {
        return post("/queues/{queue}/" + verb, id, "queues", summary)
                .taking(Shape.of(jobs))
                .with(QUEUE)
                .answering(HandleAnswers.class)
                .refusing(413, 415, 503);
    }

    private Route with(Parameter... added) {
        return new Route(method, path, id, tag, summary, List.of(added), request, answer, mediaType, refusals);
    }

    private Route taking(Shape body) {
        return new Route(method, path, id, tag, summary, parameters, body, answer, mediaType, refusals);
    }

    private Route answering(Class<?> type) {
        return new Route(method, path, id, tag, summary, parameters, request, Shape.of(type), JSON, refusals);
    }

    private Route as(String type) {
        return new Route(method, path, id, tag, summary, parameters, request, null, type, refusals);
    }

    private Route refusing(Integer... statuses) {
        return new Route(method, path, id, tag, summary, parameters, request, answer, mediaType, List.of(statuses));
    }
}
