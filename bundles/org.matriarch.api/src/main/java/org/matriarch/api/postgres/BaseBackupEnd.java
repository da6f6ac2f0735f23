package org.matriarch.api.postgres;

import org.matriarch.api.model.Lsn;

/** Where a base backup ended. */
public record BaseBackupEnd(Lsn endLsn, int timeline) {}
