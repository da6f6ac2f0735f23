package org.matriarch.core.wal.internal;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers which refusals were made known: PostgreSQL sends a file that is refused again and again, for hours perhaps, and
 * one event says it all. Thread-safe.
 */
final class KnownRefusals {

    /** So many files; the one that was not refused for the longest time is forgotten first. */
    private static final int MOST = 1000;

    /** Names are any text. */
    private static final int MOST_CHARACTERS = 500;

    private record File(String server, String name) {}

    /** Guarded by this: why each file was refused last. */
    private final Map<File, String> reasons = new LinkedHashMap<>(16, 0.75f, true);

    /** Returns whether a file was not refused for this very reason the last time that it came. */
    synchronized boolean isNews(String server, String name, String reason) {
        String before = reasons.put(file(server, name), cut(reason));
        if (reasons.size() > MOST) {
            Iterator<File> eldest = reasons.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
        return !cut(reason).equals(before);
    }

    /** Says that a file was taken: its next refusal is news. */
    synchronized void taken(String server, String name) {
        reasons.remove(file(server, name));
    }

    private static File file(String server, String name) {
        return new File(server, cut(name));
    }

    private static String cut(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS);
    }
}
