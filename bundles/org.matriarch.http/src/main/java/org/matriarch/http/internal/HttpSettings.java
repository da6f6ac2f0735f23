package org.matriarch.http.internal;

import java.util.Map;
import java.util.TreeSet;

/**
 * The settings of the door, valid.
 *
 * @param port where to listen on 127.0.0.1; 0 for any that is free
 */
record HttpSettings(int port) {

    static final HttpSettings DEFAULT = new HttpSettings(0);

    private static final String PORT = "port";
    private static final int MOST = 65535;

    /**
     * Reads the properties of {@code etc/org.matriarch.http.cfg}.
     *
     * @throws IllegalArgumentException naming key, value and what is allowed
     */
    static HttpSettings of(Map<String, ?> properties) {
        for (String key : new TreeSet<>(properties.keySet())) {
            // Keys with a dot, and those of the component runtime, are not the operator's.
            if (!key.equals(PORT) && !key.contains(".")) {
                throw new IllegalArgumentException("unknown key '%s'; the only key is '%s'".formatted(key, PORT));
            }
        }
        Object value = properties.get(PORT);
        if (value == null) {
            return DEFAULT;
        }
        String text = value.toString().strip();
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > MOST) {
            throw new IllegalArgumentException(
                    "value '%s' of key '%s' is not a number from 0 to %d".formatted(text, PORT, MOST));
        }
        return new HttpSettings(Integer.parseInt(text));
    }
}
