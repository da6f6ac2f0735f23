package org.matriarch.api.wal;

import java.util.List;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalEntry;

/**
 * A part of the archive.
 *
 * @param gaps runs of segments that are missing between archived ones of one timeline
 * @param waiting files that are here, received or handed over, and not archived yet, in name order
 */
public record WalListing(List<WalEntry> entries, List<Gap> gaps, List<WalFileName> waiting) {

    /** A run of missing segments, first and last included. */
    public record Gap(WalFileName first, WalFileName last, long segments) {}
}
