package org.matriarch.api.model;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;

/** The identity of a backup within its server: its start time in the host's zone, {@code YYYYMMDDTHHMMSS}. */
public record BackupId(String value) implements Comparable<BackupId> {

    private static final Pattern FORM = Pattern.compile("\\d{8}T\\d{6}");
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss", Locale.ROOT);

    /** Refuses what is not of the form. */
    public BackupId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("'%s' is not a backup id such as 20261120T031500".formatted(value));
        }
    }

    /** Returns the id of a backup that starts at {@code start}. */
    public static BackupId startingAt(LocalDateTime start) {
        return new BackupId(STAMP.format(start));
    }

    /** Returns whether the text has the form of an id. */
    public static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    @Override
    public int compareTo(BackupId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
