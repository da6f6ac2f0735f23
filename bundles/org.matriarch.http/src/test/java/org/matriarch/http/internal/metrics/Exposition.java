package org.matriarch.http.internal.metrics;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads Prometheus' text exposition format 0.0.4, and refuses what is not quite that. */
final class Exposition {

    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") ((?:[^\\\\\\n]|\\\\\\\\|\\\\n)+)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (" + NAME + ") (gauge|counter)");
    private static final Pattern SAMPLE =
            Pattern.compile("(" + NAME + ")(?:\\{(.+)})? (-?\\d+(?:\\.\\d+(?:E-?\\d+)?)?|[+-]Inf|NaN)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\\\\\|\\\\\"|\\\\n)*)\"(,|$)");

    private Exposition() {}

    /** Returns the values by name and sorted labels, as in {@code up{job="a"}}. */
    static Map<String, Double> parse(String text) {
        if (!text.endsWith("\n")) {
            throw new AssertionError("the last line has no end");
        }
        var values = new LinkedHashMap<String, Double>();
        Set<String> finished = new LinkedHashSet<>();
        String current = "";
        boolean typed = false;
        for (String line : text.split("\n", -1)) {
            Matcher help = HELP.matcher(line);
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (help.matches()) {
                require(finished.add(help.group(1)), "described twice", line);
                current = help.group(1);
                typed = false;
            } else if (type.matches()) {
                require(!typed && type.group(1).equals(current), "no TYPE here", line);
                require(
                        type.group(2).equals("counter") == current.endsWith("_total"),
                        "a counter, and nothing else, ends with _total",
                        line);
                typed = true;
            } else if (sample.matches()) {
                require(typed && sample.group(1).equals(current), "not below its TYPE", line);
                String key = sample.group(1) + labels(sample.group(2), line);
                require(values.put(key, Double.valueOf(number(sample.group(3)))) == null, "a second value", line);
            } else {
                require(line.isEmpty(), "cannot be read", line);
            }
        }
        return values;
    }

    private static String labels(String text, String line) {
        if (text == null) {
            return "";
        }
        var labels = new TreeMap<String, String>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (label.find() && label.start() == end) {
            end = label.end();
            String value =
                    label.group(2).replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
            require(labels.put(label.group(1), value) == null, "a label twice", line);
        }
        require(end == text.length(), "labels cannot be read", line);
        return labels.toString();
    }

    private static String number(String text) {
        return text.replace("Inf", "Infinity").replace("+", "");
    }

    private static void require(boolean condition, String what, String line) {
        if (!condition) {
            throw new AssertionError("%s: '%s'".formatted(what, line));
        }
    }
}
