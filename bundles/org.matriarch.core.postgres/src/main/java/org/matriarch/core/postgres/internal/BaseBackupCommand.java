package org.matriarch.core.postgres.internal;

import java.util.ArrayList;
import java.util.List;
import org.matriarch.api.postgres.BaseBackupOptions;

/**
 * Writes BASE_BACKUP in the grammar of a server: a fixed list of words up to version 14, options in parentheses since.
 *
 * <p>The WAL is not in the backup and the server does not wait for it to be archived: it is on its way to us already. The
 * manifest carries CRC-32C, which costs the server a fraction of what SHA-256 would; we make our own SHA-256.
 */
final class BaseBackupCommand {

    private static final int FIRST_WITH_OPTIONS = 15;
    /** What the server accepts in MAX_RATE. */
    private static final int RATE_MIN_KIB = 32;

    private static final int RATE_MAX_KIB = 1 << 20;

    private BaseBackupCommand() {}

    static boolean hasOptions(int major) {
        return major >= FIRST_WITH_OPTIONS;
    }

    static String of(int major, BaseBackupOptions options) {
        String label = "LABEL '%s'".formatted(options.label().replace("'", "''"));
        List<String> words = new ArrayList<>(List.of(label, "PROGRESS", "TABLESPACE_MAP"));
        if (options.maxRateKib() > 0) {
            words.add("MAX_RATE %d".formatted(Math.min(RATE_MAX_KIB, Math.max(RATE_MIN_KIB, options.maxRateKib()))));
        }
        words.add("MANIFEST 'yes'");
        words.add("MANIFEST_CHECKSUMS 'CRC32C'");
        if (hasOptions(major)) {
            words.add("CHECKPOINT '%s'".formatted(options.fastCheckpoint() ? "fast" : "spread"));
            words.add("WAIT false");
            return "BASE_BACKUP (%s)".formatted(String.join(", ", words));
        }
        if (options.fastCheckpoint()) {
            words.add("FAST");
        }
        words.add("NOWAIT");
        return "BASE_BACKUP " + String.join(" ", words);
    }
}
