package dev.leat.engine.kinds;

import java.util.Map;

/**
 * The result of an {@code http} job.
 *
 * @param headers those that tell something about the answer, by their names in lower case
 * @param body at most 64 KiB of it, as text; characters that are none are U+FFFD
 * @param truncated whether there was more
 * @param millis how long the call took
 */
record HttpAnswer(int status, Map<String, String> headers, String body, boolean truncated, long millis) {}
