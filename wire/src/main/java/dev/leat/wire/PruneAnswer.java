package dev.leat.wire;

@Doc("How many jobs a call removed, or would remove, by the state in which they had ended.")
public record PruneAnswer(
        long completed,
        long discarded,
        long cancelled,

        @Doc("Whether there is more to do: ask again with goOn.")
        boolean more) {}
