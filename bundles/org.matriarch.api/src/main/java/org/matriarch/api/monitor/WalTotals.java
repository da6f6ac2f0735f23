package org.matriarch.api.monitor;

import java.time.Instant;
import java.util.Optional;

/**
 * How much WAL is archived.
 *
 * @param bytes as stored, after compression
 * @param newest when the newest segment was archived; empty if there is none
 */
public record WalTotals(long files, long bytes, Optional<Instant> newest) {}
