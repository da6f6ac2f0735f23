package org.matriarch.api.model;

import java.util.Locale;
import java.util.Optional;

/** What an operator keeps a backup for. */
public enum KeepTarget {
    /** Recovery to any time from the backup on: all WAL from its begin on stays. */
    FULL,
    /** Recovery to the backup itself: the WAL of its own span stays. */
    STANDALONE;

    /** Returns the word that commands and the repository know it by. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the target that a word means, or nothing. */
    public static Optional<KeepTarget> find(String word) {
        for (KeepTarget target : values()) {
            if (target.word().equals(word)) {
                return Optional.of(target);
            }
        }
        return Optional.empty();
    }
}
