package org.matriarch.http.internal;

import java.util.Arrays;
import java.util.Map;

/**
 * The settings of the door for commands and metrics, valid.
 *
 * @param port where to listen on 127.0.0.1; 0 for any that is free
 * @param metrics who may scrape
 */
record HttpSettings(int port, Scraping metrics) {

    static final HttpSettings DEFAULT = new HttpSettings(0, Scraping.TOKEN);

    /** Who may scrape. */
    enum Scraping {
        /** Nobody. */
        OFF,
        /** Who has the token for it, from this machine. */
        TOKEN,
        /** Everybody on this machine. */
        OPEN
    }

    /**
     * Reads the properties of {@code etc/org.matriarch.http.cfg}.
     *
     * @throws IllegalArgumentException naming key, value and what is allowed
     */
    static HttpSettings of(Map<String, ?> properties) {
        HttpKeys.requireKnown(properties);
        return new HttpSettings(
                HttpKeys.find(properties, HttpKeys.PORT)
                        .map(text -> HttpKeys.port(HttpKeys.PORT, text, ""))
                        .orElse(DEFAULT.port()),
                HttpKeys.find(properties, HttpKeys.METRICS)
                        .map(HttpSettings::scraping)
                        .orElse(DEFAULT.metrics()));
    }

    private static Scraping scraping(String text) {
        return Arrays.stream(Scraping.values())
                .filter(value -> value.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "value '%s' of key '%s' is not off, token or open".formatted(text, HttpKeys.METRICS)));
    }
}
