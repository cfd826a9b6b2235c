package dev.leat.api.control;

import java.time.Instant;

/**
 * One entry of a journal.
 *
 * @param sequence grows with every entry of its journal, in the order in which entries became visible
 */
public record JournalEntry(long sequence, Instant writtenAt, String entry) {}
