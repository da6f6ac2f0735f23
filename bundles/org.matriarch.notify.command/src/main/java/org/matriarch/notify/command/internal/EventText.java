package org.matriarch.notify.command.internal;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.matriarch.api.event.Event;
import org.matriarch.spi.notify.Notification;

/** How a program is told: the same as JSON, and as variables of its environment. */
final class EventText {

    private static final String PREFIX = "MATRIARCH_EVENT_";

    /** Longer messages are cut: everything fits into a pipe, so that a program that reads nothing holds up nobody. */
    private static final int LONGEST = 4000;

    private EventText() {}

    /** Returns one line of JSON with its end. */
    static String json(Notification notification) {
        return fields(notification).entrySet().stream()
                .map(field -> "%s:%s"
                        .formatted(
                                quoted(field.getKey()),
                                field.getKey().equals("attempt") ? field.getValue() : quoted(field.getValue())))
                .collect(Collectors.joining(",", "{", "}\n"));
    }

    /** Returns the variables by name. */
    static Map<String, String> environment(Notification notification) {
        return fields(notification).entrySet().stream()
                .collect(Collectors.toMap(
                        field -> PREFIX + field.getKey().toUpperCase(Locale.ROOT),
                        field -> field.getValue().replace("\0", "")));
    }

    private static Map<String, String> fields(Notification notification) {
        Event event = notification.event();
        var fields = new LinkedHashMap<String, String>();
        fields.put("time", event.time().toString());
        fields.put("type", event.type().name());
        fields.put("severity", event.type().severity().name());
        fields.put("server", event.server());
        fields.put("subject", shortened(event.subject()));
        fields.put("message", shortened(event.message()));
        fields.put("attempt", Integer.toString(notification.attempt()));
        return fields;
    }

    private static String shortened(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return text.substring(0, end) + "…";
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
