package dev.leat.api.control;

import java.time.Instant;

/**
 * A node's right to write as the leader of a role.
 *
 * @param epoch grows by at least one with every change of leader; writes under a lesser epoch are refused
 * @param expiresAt by the store's clock; from then on another node may take over
 */
public record Leadership(String role, String node, long epoch, Instant expiresAt) {}
