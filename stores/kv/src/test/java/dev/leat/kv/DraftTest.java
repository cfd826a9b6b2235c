package dev.leat.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DraftTest {
    private static final byte[] KEPT = Keys.revision("kept");
    private static final byte[] UNDONE = Keys.revision("undone");

    private final Draft draft = new Draft(key -> Optional.empty(), 0);

    @Test
    void aCallThatFailsLeavesNothingBehind() {
        draft.put(KEPT, "", 1);
        draft.endCall();
        draft.put(KEPT, "", 2);
        draft.put(UNDONE, "", 3);
        draft.undoCall();
        assertThat(draft.number(KEPT)).isEqualTo(1);
        assertThat(draft.number(UNDONE)).isZero();
    }

    @Test
    void aCallSeesWhatTheCallsBeforeItDidAndRemoved() {
        draft.put(KEPT, "", 1);
        draft.endCall();
        assertThat(draft.number(KEPT)).isEqualTo(1);
        draft.remove(KEPT);
        assertThat(draft.get(KEPT)).isEmpty();
        draft.endCall();
        assertThat(draft.get(KEPT)).isEmpty();
    }

    @Test
    void removalsAreShownAsSuch() {
        draft.put(KEPT, "", 1);
        draft.remove(UNDONE);
        draft.endCall();
        Map<Integer, Boolean> present = new HashMap<>();
        draft.forEach((key, value) -> present.put(key.length, value != null));
        assertThat(present).containsExactlyInAnyOrderEntriesOf(Map.of(KEPT.length, true, UNDONE.length, false));
    }
}
