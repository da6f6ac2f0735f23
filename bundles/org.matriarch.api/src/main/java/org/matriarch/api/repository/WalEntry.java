package org.matriarch.api.repository;

import java.time.Instant;
import java.util.Optional;
import org.matriarch.api.model.WalFileName;

/**
 * A file of the WAL archive.
 *
 * @param storedBytes size as stored, after compression
 * @param compression id of the compressor; empty if stored as it is
 */
public record WalEntry(WalFileName name, long storedBytes, Instant archived, Optional<String> compression) {}
