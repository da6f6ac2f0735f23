package org.matriarch.transport.ssh.internal;

import java.time.Instant;
import org.matriarch.api.repository.BackupPath;

/**
 * A file that was seen on a host.
 *
 * @param path where it belongs in the backup
 * @param location its absolute path on the host
 * @param modified in whole seconds, as SFTP has it
 */
record RemoteFile(BackupPath path, String location, long sizeBytes, int mode, Instant modified) {}
