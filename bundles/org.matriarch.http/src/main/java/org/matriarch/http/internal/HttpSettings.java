package org.matriarch.http.internal;

import java.util.Map;

/**
 * The settings of the door for commands, valid.
 *
 * @param port where to listen on 127.0.0.1; 0 for any that is free
 */
record HttpSettings(int port) {

    static final HttpSettings DEFAULT = new HttpSettings(0);

    /**
     * Reads the properties of {@code etc/org.matriarch.http.cfg}.
     *
     * @throws IllegalArgumentException naming key, value and what is allowed
     */
    static HttpSettings of(Map<String, ?> properties) {
        HttpKeys.requireKnown(properties);
        return HttpKeys.find(properties, HttpKeys.PORT)
                .map(text -> new HttpSettings(HttpKeys.port(HttpKeys.PORT, text, "")))
                .orElse(DEFAULT);
    }
}
