package org.matriarch.transport.rsync.internal;

import java.time.Instant;
import org.matriarch.api.repository.BackupPath;

/**
 * A file that was seen on a host.
 *
 * @param path where it belongs in the backup
 * @param source its absolute path on the host; what follows {@code /./} becomes its path here
 * @param modified in whole seconds, as rsync lists it
 */
record RemoteFile(BackupPath path, String source, long sizeBytes, int mode, Instant modified) {}
