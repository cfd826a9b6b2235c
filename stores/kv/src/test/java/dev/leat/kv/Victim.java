package dev.leat.kv;

import dev.leat.api.control.Change;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** A process that writes to a journal and says each number that was acknowledged, until it is killed. */
final class Victim {
    static final String JOURNAL = "journal";

    private Victim() {}

    public static void main(String[] args) {
        try (KvStores stores = KvStores.open(new KvConfig(Path.of(args[0]), InstantSource.system()))) {
            for (long number = Long.parseLong(args[1]); !System.out.checkError(); number++) {
                stores.control().write(List.of(new Change.Append(JOURNAL, "entry " + number)), null);
                System.out.println(number);
            }
        }
    }
}
