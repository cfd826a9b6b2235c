package dev.leat.kv;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes that wait for one commit, over what is committed. What a call changes is noted, so that one that fails is undone. For one
 * thread.
 */
final class Draft implements Contents {
    private final Contents committed;
    private final Fronts fronts;
    private final NavigableMap<byte[], Optional<byte[]>> changes = new TreeMap<>(Arrays::compareUnsigned);
    private final List<Runnable> undo = new ArrayList<>();

    Draft(Contents committed, Fronts fronts) {
        this.committed = committed;
        this.fronts = fronts;
    }

    @Override
    public Optional<ByteBuffer> get(byte[] key) {
        Optional<byte[]> changed = changes.get(key);
        return changed == null ? committed.get(key) : changed.map(stored -> Value.checked(key, stored));
    }

    @Override
    public void each(byte[] prefix, byte[] from, Visitor visitor) {
        Merge merge = new Merge(prefix, changes.tailMap(from, true).entrySet().iterator(), visitor);
        committed.each(prefix, from, merge);
        merge.rest();
    }

    /** As {@link #each} from the line's start, without looking at what was taken off its front. */
    void eachInLine(byte[] line, Visitor visitor) {
        Optional<byte[]> front = fronts.of(line);
        if (front.isEmpty()) {
            return;
        }
        byte[][] first = new byte[1][];
        each(line, front.get(), (key, content) -> {
            if (first[0] == null) {
                first[0] = key;
            }
            return visitor.visit(key, content);
        });
        fronts.found(line, Optional.ofNullable(first[0]));
    }

    void put(byte[] key, String text, long... numbers) {
        change(key, Optional.of(Value.of(key, text, numbers)));
    }

    void put(byte[] key, byte[] end, long... numbers) {
        change(key, Optional.of(Value.of(key, end, numbers)));
    }

    void remove(byte[] key) {
        change(key, Optional.empty());
    }

    private void change(byte[] key, Optional<byte[]> value) {
        Optional<byte[]> before = changes.put(key, value);
        undo.add(before == null ? () -> changes.remove(key) : () -> changes.put(key, before));
        if (value.isPresent()) {
            fronts.added(key);
        }
    }

    void endCall() {
        undo.clear();
    }

    void undoCall() {
        while (!undo.isEmpty()) {
            undo.removeLast().run();
        }
        fronts.forget();
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Shows each change; null is a removal. */
    void forEach(BiConsumer<byte[], byte @Nullable []> change) {
        changes.forEach((key, value) -> change.accept(key, value.orElse(null)));
    }

    /** Lays the changes over what is committed, both in order. */
    private static final class Merge implements Visitor {
        private final byte[] prefix;
        private final Iterator<Map.Entry<byte[], Optional<byte[]>>> changes;
        private final Visitor visitor;
        private Map.@Nullable Entry<byte[], Optional<byte[]>> next;
        private boolean more = true;

        Merge(byte[] prefix, Iterator<Map.Entry<byte[], Optional<byte[]>>> changes, Visitor visitor) {
            this.prefix = prefix;
            this.changes = changes;
            this.visitor = visitor;
            advance();
        }

        private void advance() {
            Map.Entry<byte[], Optional<byte[]>> change = changes.hasNext() ? changes.next() : null;
            next = change != null && Keys.startsWith(change.getKey(), prefix) ? change : null;
        }

        @Override
        public boolean visit(byte[] key, ByteBuffer content) {
            while (more && next != null && Arrays.compareUnsigned(next.getKey(), key) < 0) {
                show(next);
            }
            if (!more) {
                return false;
            }
            if (next != null && Arrays.equals(next.getKey(), key)) {
                show(next);
            } else {
                more = visitor.visit(key, content);
            }
            return more;
        }

        private void show(Map.Entry<byte[], Optional<byte[]>> change) {
            byte[] key = change.getKey();
            if (change.getValue().isPresent()) {
                more = visitor.visit(key, Value.checked(key, change.getValue().get()));
            }
            advance();
        }

        void rest() {
            while (more && next != null) {
                show(next);
            }
        }
    }
}
