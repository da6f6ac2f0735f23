package org.matriarch.spi.transport;

import org.matriarch.api.model.Lsn;

/**
 * Where a backup ended.
 *
 * @param timeline the timeline at the end
 */
public record TransferEnd(Lsn endLsn, int timeline) {}
