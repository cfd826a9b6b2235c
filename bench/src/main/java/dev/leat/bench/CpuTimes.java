package dev.leat.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * CPU time since the machine was started, in ticks of 10 ms.
 *
 * @param all of all cores, at work or not
 * @param busy at work, time that the machine below took included
 * @param server of the tree of processes asked for, those included that have ended
 * @param own of this process and those it started, without the server
 */
record CpuTimes(long all, long busy, long server, long own) {
    /** The same on every Linux: what user space is shown does not depend on how the kernel counts. */
    static final double SECONDS_PER_TICK = 0.01;

    private static final Path PROC = Path.of("/proc");

    /** Now; empty where there is no /proc as on Linux. */
    static Optional<CpuTimes> now(long server) {
        try {
            String[] cpu = Files.readAllLines(PROC.resolve("stat")).getFirst().split(" +", -1);
            Map<Long, Usage> usages = usages();
            if (!usages.containsKey(server)) {
                return Optional.empty();
            }
            Set<Long> servers = tree(usages, server, Set.of());
            Set<Long> ours = tree(usages, ProcessHandle.current().pid(), servers);
            long all =
                    Stream.of(cpu).skip(1).limit(8).mapToLong(Long::parseLong).sum();
            long idle = Long.parseLong(cpu[4]) + Long.parseLong(cpu[5]);
            return Optional.of(new CpuTimes(all, all - idle, ticks(usages, servers), ticks(usages, ours)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What was taken since then. */
    CpuTimes since(CpuTimes then) {
        return new CpuTimes(all - then.all, busy - then.busy, server - then.server, own - then.own);
    }

    /** What others took of the machine, 0 to 1. */
    double othersShare() {
        return all == 0 ? 0 : Math.max(0, busy - server - own) / (double) all;
    }

    /** A process: its parent, and what it and its ended children took. */
    private record Usage(long parent, long ticks) {}

    private static Map<Long, Usage> usages() throws IOException {
        Map<Long, Usage> usages = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                usage(process)
                        .ifPresent(usage ->
                                usages.put(Long.parseLong(process.getFileName().toString()), usage));
            }
        }
        return usages;
    }

    private static Optional<Usage> usage(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"));
            // The name before may hold anything, also blanks and brackets.
            List<String> fields =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
            long ticks =
                    fields.subList(11, 15).stream().mapToLong(Long::parseLong).sum();
            return Optional.of(new Usage(Long.parseLong(fields.get(1)), ticks));
        } catch (IOException e) {
            return Optional.empty(); // it has just ended
        }
    }

    private static Set<Long> tree(Map<Long, Usage> usages, long root, Set<Long> without) {
        Set<Long> tree = new HashSet<>(Set.of(root));
        boolean grown = true;
        while (grown) {
            grown = false;
            for (var each : usages.entrySet()) {
                if (tree.contains(each.getValue().parent()) && !without.contains(each.getKey())) {
                    grown |= tree.add(each.getKey());
                }
            }
        }
        return tree;
    }

    private static long ticks(Map<Long, Usage> usages, Set<Long> processes) {
        return processes.stream()
                .mapToLong(each ->
                        Optional.ofNullable(usages.get(each)).map(Usage::ticks).orElse(0L))
                .sum();
    }
}
