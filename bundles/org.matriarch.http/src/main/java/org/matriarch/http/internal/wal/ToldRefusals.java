package org.matriarch.http.internal.wal;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers which refused requests stand in the log: PostgreSQL repeats what is refused every second or so, for as long as
 * it takes somebody to look. Thread-safe.
 */
final class ToldRefusals {

    /** So many requests; the one that was not refused for the longest time is forgotten first. */
    private static final int MOST = 1000;

    /** Paths are any text, and from anybody. */
    private static final int MOST_CHARACTERS = 500;

    /** Guarded by this: why each request was refused last. */
    private final Map<String, String> reasons = new LinkedHashMap<>(16, 0.75f, true);

    /** Returns whether a request was not refused for this very reason the last time that it came. */
    synchronized boolean isNews(String request, String reason) {
        String before = reasons.put(cut(request), cut(reason));
        if (reasons.size() > MOST) {
            Iterator<String> eldest = reasons.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
        return !cut(reason).equals(before);
    }

    /** Says that a request was answered otherwise: its next refusal is news. */
    synchronized void forget(String request) {
        reasons.remove(cut(request));
    }

    private static String cut(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS);
    }
}
