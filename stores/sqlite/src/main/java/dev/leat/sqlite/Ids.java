package dev.leat.sqlite;

import dev.leat.api.JobId;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** Ids of jobs on their way into a statement: as one parameter, however many they are. */
final class Ids {
    private Ids() {}

    /** For {@code json_each}. */
    static String json(Collection<JobId> ids) {
        StringBuilder text = new StringBuilder(2 + 20 * ids.size()).append('[');
        for (JobId id : ids) {
            if (text.length() > 1) {
                text.append(',');
            }
            text.append(id.value());
        }
        return text.append(']').toString();
    }

    /** For {@code json_each}. */
    static String numbers(Collection<Integer> numbers) {
        return numbers.toString();
    }

    /** 8 bytes each. */
    static byte[] packed(List<JobId> ids) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * ids.size());
        ids.forEach(id -> bytes.putLong(id.value()));
        return bytes.array();
    }

    static List<JobId> unpacked(byte[] packed) {
        ByteBuffer bytes = ByteBuffer.wrap(packed);
        return IntStream.range(0, packed.length / Long.BYTES)
                .mapToObj(i -> new JobId(bytes.getLong(i * Long.BYTES)))
                .toList();
    }
}
