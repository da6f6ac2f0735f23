package org.matriarch.http.internal.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes metrics in Prometheus' text exposition format.
 *
 * <p>Source: "Exposition formats", version 0.0.4, of the Prometheus documentation: all samples of a metric stand together,
 * below its HELP and TYPE; help texts escape backslash and line end, label values the double quote, too.
 */
final class MetricsText {

    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Map<String, StringBuilder> metrics = new LinkedHashMap<>();

    /** Adds a sample of something that goes up and down. The labels are names and values in turn. */
    void gauge(String name, String help, Number value, String... labels) {
        add(name, "gauge", help, value, labels);
    }

    /** Adds a sample of something that only goes up until the container starts again. */
    void counter(String name, String help, Number value, String... labels) {
        add(name, "counter", help, value, labels);
    }

    private void add(String name, String type, String help, Number value, String... labels) {
        StringBuilder metric = metrics.computeIfAbsent(
                name,
                key -> new StringBuilder("# HELP %s %s\n# TYPE %s %s\n"
                        .formatted(key, help.replace("\\", "\\\\").replace("\n", "\\n"), key, type)));
        metric.append(name);
        for (int i = 0; i < labels.length; i += 2) {
            metric.append(i == 0 ? '{' : ',')
                    .append(labels[i])
                    .append("=\"")
                    .append(labels[i + 1]
                            .replace("\\", "\\\\")
                            .replace("\"", "\\\"")
                            .replace("\n", "\\n"))
                    .append('"');
        }
        metric.append(labels.length == 0 ? " " : "} ").append(number(value)).append('\n');
    }

    private static String number(Number value) {
        if (value instanceof Double number && number.isInfinite()) {
            return number > 0 ? "+Inf" : "-Inf";
        }
        return value.toString();
    }

    @Override
    public String toString() {
        return String.join("", metrics.values());
    }
}
