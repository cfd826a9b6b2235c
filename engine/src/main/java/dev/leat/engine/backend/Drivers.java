package dev.leat.engine.backend;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.driver.StoreDriver;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The drivers of a program, by name. */
public record Drivers(List<StoreDriver> all) {
    public Drivers {
        all = all.stream().sorted(Comparator.comparing(StoreDriver::name)).toList();
    }

    /** Those on the class path. */
    public static Drivers installed() {
        return new Drivers(ServiceLoader.load(StoreDriver.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList());
    }

    /**
     * The one that a place needs.
     *
     * @param name of the driver; null for the one that takes the URL
     * @throws InvalidValueException if there is none, with field {@code driver} or {@code url}
     */
    public StoreDriver driver(@Nullable String name, String url) {
        if (name != null) {
            return all.stream()
                    .filter(each -> each.isNamed(name))
                    .findFirst()
                    .orElseThrow(() -> new InvalidValueException(
                            "DRIVER_UNKNOWN",
                            "driver",
                            "is " + Checks.shown(name) + ", which is not installed",
                            told(StoreDriver::name)));
        }
        return all.stream()
                .filter(each -> each.takes(url))
                .findFirst()
                .orElseThrow(() -> new InvalidValueException(
                        // Not shown: people put passwords there.
                        "URL_INVALID", "url", "is of no store that is installed", told(StoreDriver::urls)));
    }

    private String told(Function<StoreDriver, String> what) {
        return all.isEmpty() ? "none" : all.stream().map(what).collect(Collectors.joining(", "));
    }
}
