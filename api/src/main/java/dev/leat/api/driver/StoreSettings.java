package dev.leat.api.driver;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.store.Capabilities.Durability;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a driver is told of a place.
 *
 * @param url where it is, without user and password
 * @param user null if there is none
 * @param password empty if there is none
 * @param connections the most connections to it
 * @param durability the least class that it must give
 * @param options what only this technology knows, by name
 */
public record StoreSettings(
        String url,
        @Nullable String user,
        String password,
        int connections,
        Durability durability,
        Map<String, String> options) {
    public static final int DEFAULT_CONNECTIONS = 10;

    public StoreSettings {
        options = Map.copyOf(options);
        Checks.range("connections", connections, 2, 200);
    }

    /** One that is to survive the loss of power. */
    public static StoreSettings of(String url, @Nullable String user, String password) {
        return new StoreSettings(url, user, password, DEFAULT_CONNECTIONS, Durability.D2, Map.of());
    }

    public StoreSettings withConnections(int most) {
        return new StoreSettings(url, user, password, most, durability, options);
    }

    public StoreSettings withDurability(Durability least) {
        return new StoreSettings(url, user, password, connections, least, options);
    }

    public StoreSettings withUrl(String other) {
        return new StoreSettings(other, user, password, connections, durability, options);
    }

    public StoreSettings withOption(String name, String value) {
        Map<String, String> all = new TreeMap<>(options);
        all.put(name, value);
        return new StoreSettings(url, user, password, connections, durability, all);
    }

    /**
     * For a driver that knows these options and no others.
     *
     * @throws InvalidValueException if another one is given
     */
    public void requireOptions(String... known) {
        Set<String> unknown = new TreeSet<>(options.keySet());
        Set.of(known).forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw new InvalidValueException(
                    "OPTION_UNKNOWN",
                    unknown.iterator().next(),
                    "is no option of this store",
                    known.length == 0 ? "none" : String.join(", ", new TreeSet<>(Set.of(known))));
        }
    }

    /**
     * For a driver that asks nobody who Leat is.
     *
     * @throws InvalidValueException if a user or a password is given
     */
    public void requireNoUser() {
        String field = user != null ? "user" : password.isEmpty() ? null : "password";
        if (field != null) {
            throw new InvalidValueException("USER_INVALID", field, "is given, but this store knows no users", "none");
        }
    }

    /** Without the password, and without what follows the path of the URL, which can hold one. */
    @Override
    public String toString() {
        int query = url.indexOf('?');
        String shown = (query < 0 ? url : url.substring(0, query)).replaceFirst("//[^/@]*@", "//***@");
        return "StoreSettings(" + shown + ", user " + user + ", connections " + connections + ", durability "
                + durability + ", options " + new TreeMap<>(options).keySet() + ")";
    }
}
