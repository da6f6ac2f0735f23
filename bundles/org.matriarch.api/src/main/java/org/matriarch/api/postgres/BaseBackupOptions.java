package org.matriarch.api.postgres;

/**
 * How a base backup is to be taken.
 *
 * @param label goes into backup_label
 * @param fastCheckpoint false to spread the checkpoint
 * @param maxRateKib 0 for no limit; the server takes 32 KiB/s to 1 GiB/s
 */
public record BaseBackupOptions(String label, boolean fastCheckpoint, int maxRateKib) {}
