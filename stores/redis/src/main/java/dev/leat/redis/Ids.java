package dev.leat.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/** How ids and lanes are written in Redis. Ids that share all but their last two digits are on one page. */
final class Ids {
    private static final int PAGE_BITS = 8;

    private Ids() {}

    static String text(JobId id) {
        return HexFormat.of().toHexDigits(id.value());
    }

    static JobId id(Object reply) {
        return new JobId(HexFormat.fromHexDigitsToLong(new String((byte[]) reply, US_ASCII)));
    }

    static boolean areOnOnePage(JobId one, JobId other) {
        return one.value() >>> PAGE_BITS == other.value() >>> PAGE_BITS;
    }

    static String text(Lane lane) {
        return lane.toString();
    }

    static Set<Lane> lanes(Reply reply) {
        Set<Lane> lanes = new HashSet<>();
        while (reply.hasMore()) {
            lanes.add(lane(reply.next()));
        }
        return lanes;
    }

    static Lane lane(Object reply) {
        String[] names = new String((byte[]) reply, US_ASCII).split("/", -1);
        return new Lane(new TenantName(names[0]), new QueueName(names[1]), new KindName(names[2]));
    }
}
