package dev.leat.ids;

import dev.leat.api.control.ControlStore;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.util.List;

/** A control store that several processes can open, told to them in words. */
interface SharedStore extends AutoCloseable {
    ControlStore control();

    @Override
    void close();

    static SharedStore open(List<String> words) {
        return switch (words.getFirst()) {
            case "postgres" -> postgres(words.get(1), words.get(2), words.get(3), words.get(4));
            default -> throw new IllegalArgumentException("No store is called " + words.getFirst());
        };
    }

    private static SharedStore postgres(String url, String user, String password, String schema) {
        PostgresStores stores = PostgresStores.open(
                PostgresConfig.of(url, user, password).withSchema(schema).withConnections(2));
        return new SharedStore() {
            @Override
            public ControlStore control() {
                return stores.control();
            }

            @Override
            public void close() {
                stores.close();
            }
        };
    }
}
