package dev.leat.engine.config;

/**
 * One mistake in the configuration.
 *
 * @param file the file as it was named, or the environment variable
 * @param line from 1; 0 if there is none
 * @param column from 1; 0 if there is none
 * @param path where it is in the configuration, such as {@code worker.queues[0]}; empty if it concerns the whole file
 * @param problem what is wrong, as the rest of a sentence that starts with the path
 * @param allowed what would be accepted
 */
public record Problem(String file, int line, int column, String path, String problem, String allowed) {
    /** Such as {@code leat.yaml:3:9: server.port is "x"; allowed: a whole number}. */
    @Override
    public String toString() {
        return file
                + (line == 0 ? "" : ":" + line + ":" + column)
                + ": "
                + (path.isEmpty() ? "" : path + " ")
                + problem
                + (allowed.isEmpty() ? "" : "; allowed: " + allowed);
    }
}
