package dev.leat.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DraftTest {
    private static final byte[] LINE = Keys.ready(1, 4);

    private final NavigableMap<Long, Long> committed = new TreeMap<>();
    private final Draft draft = new Draft(
            new Contents() {
                @Override
                public Optional<ByteBuffer> get(byte[] key) {
                    return Optional.ofNullable(committed.get(position(key))).map(DraftTest::content);
                }

                @Override
                public void each(byte[] prefix, byte[] from, Visitor visitor) {
                    long start = from.length == LINE.length ? 0 : position(from);
                    for (Map.Entry<Long, Long> each : committed.tailMap(start).entrySet()) {
                        if (!visitor.visit(at(each.getKey()), content(each.getValue()))) {
                            return;
                        }
                    }
                }
            },
            new Fronts());

    private static byte[] at(long position) {
        return Keys.ready(1, 4, position);
    }

    private static long position(byte[] key) {
        return Keys.behind(key, LINE.length).getLong();
    }

    private static ByteBuffer content(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(0, number);
    }

    @Test
    void aCallThatFailsLeavesNothingBehind() {
        draft.put(at(1), "", 1);
        draft.endCall();
        draft.put(at(1), "", 2);
        draft.put(at(2), "", 3);
        draft.remove(at(1));
        draft.undoCall();
        assertThat(draft.number(at(1))).isEqualTo(1);
        assertThat(draft.get(at(2))).isEmpty();
    }

    @Test
    void aCallSeesWhatTheCallsBeforeItDidAndRemoved() {
        draft.put(at(1), "", 1);
        draft.endCall();
        assertThat(draft.number(at(1))).isEqualTo(1);
        draft.remove(at(1));
        assertThat(draft.get(at(1))).isEmpty();
    }

    @Test
    void changesLieOverWhatIsCommitted() {
        committed.put(2L, 20L);
        committed.put(3L, 30L);
        committed.put(5L, 50L);
        draft.put(at(1), "", 1);
        draft.remove(at(2));
        draft.put(at(3), "", 3);
        draft.put(at(4), "", 4);
        draft.put(at(9), "", 9);
        draft.put(Keys.ready(1, 5, 1), "", 100);
        assertThat(seen(10)).containsExactly(1L, 3L, 4L, 50L, 9L);
        assertThat(seen(2)).containsExactly(1L, 3L);
    }

    @Test
    void aLineIsLookedAtFromItsFront() {
        committed.put(1L, 1L);
        committed.put(2L, 2L);
        draft.remove(at(1));
        assertThat(inLine()).containsExactly(2L);
        committed.put(1L, 1L);
        draft.endCall();
        draft.put(at(3), "", 3);
        assertThat(inLine()).containsExactly(2L, 3L);
        draft.put(at(0), "", 0);
        assertThat(inLine()).first().isEqualTo(0L);
    }

    @Test
    void aLineThatWasEmptyHasAFrontAgain() {
        assertThat(inLine()).isEmpty();
        draft.put(at(7), "", 7);
        assertThat(inLine()).containsExactly(7L);
    }

    @Test
    void whatWasTakenByACallThatFailedIsSeenAgain() {
        committed.put(1L, 1L);
        committed.put(2L, 2L);
        draft.remove(at(1));
        assertThat(inLine()).containsExactly(2L);
        draft.undoCall();
        assertThat(inLine()).containsExactly(1L, 2L);
    }

    @Test
    void removalsAreShownAsSuch() {
        draft.put(at(1), "", 1);
        draft.remove(at(2));
        draft.endCall();
        Map<Long, Boolean> present = new HashMap<>();
        draft.forEach((key, value) -> present.put(position(key), value != null));
        assertThat(present).isEqualTo(Map.of(1L, true, 2L, false));
    }

    private List<Long> seen(int most) {
        List<Long> seen = new ArrayList<>();
        draft.each(LINE, LINE, (key, content) -> {
            seen.add(content.getLong());
            return seen.size() < most;
        });
        return seen;
    }

    private List<Long> inLine() {
        List<Long> seen = new ArrayList<>();
        draft.eachInLine(LINE, (key, content) -> seen.add(content.getLong()));
        return seen;
    }
}
