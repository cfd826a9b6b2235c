package dev.leat.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Where something was measured, and when. */
final class Machine {
    private Machine() {}

    /** Word by word, for people and programs; what cannot be found out is left out. */
    static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        started().ifPresent(at -> facts.put("started", at.toString()));
        facts.put("cores", "" + Runtime.getRuntime().availableProcessors());
        value("/proc/cpuinfo", "model name", ":").ifPresent(cpu -> facts.put("cpu", cpu));
        value("/proc/meminfo", "MemTotal", ":").ifPresent(memory -> facts.put("memory", memory));
        facts.put(
                "system",
                value("/etc/os-release", "PRETTY_NAME", "=").orElse(System.getProperty("os.name")) + ", "
                        + System.getProperty("os.version"));
        facts.put("java", System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"));
        facts.put(
                "load",
                "%.1f".formatted(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        return facts;
    }

    private static Optional<Instant> started() {
        return ProcessHandle.current().info().startInstant().map(at -> at.truncatedTo(ChronoUnit.SECONDS));
    }

    private static Optional<String> value(String file, String name, String separator) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(separator) + 1)
                            .replace("\"", "")
                            .strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
