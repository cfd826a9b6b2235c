package dev.leat.bench;

/**
 * A quantity by which a run is measured.
 *
 * @param key its name in JSON
 * @param title its name for people, with the unit
 * @param decimals how many of it are shown to people, 0 to 9; JSON has them all
 */
public record Measure(String key, String title, int decimals) {
    public static final Measure JOBS_PER_SECOND = new Measure("jobsPerSecond", "jobs/s", 0);
    public static final Measure SECONDS = new Measure("seconds", "s", 3);
    /** Of all processes of the database server together. */
    public static final Measure SERVER_CPU = new Measure("serverCpuMicrosPerJob", "server CPU us/job", 1);
    /** Of this process and those it started, but for the database server. */
    public static final Measure CLIENT_CPU = new Measure("clientCpuMicrosPerJob", "client CPU us/job", 1);

    public static final Measure WAL = new Measure("walBytesPerJob", "WAL B/job", 0);
    /** What neither the server nor this process and its children took of the machine's CPU, 0 to 1. */
    public static final Measure OTHERS = new Measure("othersCpuShare", "others' CPU", 2);

    public static final Measure P50 = new Measure("p50Millis", "p50 ms", 3);
    public static final Measure P95 = new Measure("p95Millis", "p95 ms", 3);
    public static final Measure P99 = new Measure("p99Millis", "p99 ms", 3);

    public Measure {
        if (decimals < 0 || decimals > 9) {
            throw new IllegalArgumentException("decimals must be 0 to 9, not " + decimals);
        }
    }
}
