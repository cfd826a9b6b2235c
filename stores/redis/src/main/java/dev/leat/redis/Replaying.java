package dev.leat.redis;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.store.Replay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the entries of streams whose jobs have ended. */
final class Replaying implements Replay {
    private static final Pattern MARK = Pattern.compile("[0-9]{1,20}-[0-9]{1,20}:[0-9]{1,3}");

    /** Nothing is later, by any clock that can be told in milliseconds. */
    private static final Instant END = Instant.parse("9999-12-31T00:00:00Z");

    private final RedisLink link;
    private final JobLayout layout;

    Replaying(RedisLink link, JobLayout layout) {
        this.link = link;
        this.layout = layout;
    }

    @Override
    public Page ended(Lane lane, From from, int max) {
        Checks.range("max", max, 1, MOST);
        Arguments arguments = new Arguments().add(Ids.text(lane)).add(max).add(Turns.CLAIM_BYTES);
        switch (from) {
            case From.Job(JobId id) ->
                arguments.add(Ids.text(id)).add(id.madeAt().toEpochMilli()).add(0);
            case From.Time(Instant instant) ->
                arguments.add("").add(millis(instant)).add(0);
            case From.Mark(String text) -> {
                if (!MARK.matcher(text).matches()) {
                    throw new InvalidValueException(
                            "MARK_INVALID", "from", "is " + Checks.shown(text), "the mark of an earlier page");
                }
                int colon = text.indexOf(':');
                arguments.add("").add(text.substring(0, colon)).add(text.substring(colon + 1));
            }
        }
        Reply reply = link.run(layout.script("replay"), layout.all(lane), arguments);
        String next = reply.text();
        List<Ended> jobs = new ArrayList<>();
        Reply slices = reply.list();
        while (slices.hasMore()) {
            addJobs(slices.list(), lane, jobs);
        }
        return new Page(jobs, next.isEmpty() ? null : new From.Mark(next));
    }

    private static long millis(Instant instant) {
        if (instant.isBefore(Instant.EPOCH)) {
            return 0;
        }
        return Arguments.millis(Duration.between(Instant.EPOCH, instant.isAfter(END) ? END : instant));
    }

    private static void addJobs(Reply slice, Lane lane, List<Ended> ended) {
        JobId first = Ids.id(slice.next());
        int jobs = slice.number();
        int priority = slice.number();
        int maxAttempts = slice.number();
        List<Payload> payloads = Bodies.unpack(slice.bytes(), jobs);
        byte[] own = slice.bytes();
        for (int i = 0; i < jobs; i++) {
            Payload payload = own.length == 0 ? payloads.get(i) : Bodies.one(own);
            ended.add(new Ended(new JobId(first.value() + i), lane, payload, priority, maxAttempts));
        }
    }
}
