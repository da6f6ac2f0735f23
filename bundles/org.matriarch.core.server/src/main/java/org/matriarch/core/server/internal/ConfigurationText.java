package org.matriarch.core.server.internal;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a configuration file says: keys and values as text, before anybody judged them.
 *
 * @param file name of the file in {@code etc/}, for messages
 * @param location where the file lies, as file install tells it; empty if the configuration came from elsewhere
 * @param values by key, blanks and quotes around them removed
 */
record ConfigurationText(String file, String location, Map<String, String> values) {

    private static final String FILE_PROPERTY = "felix.fileinstall.filename";

    /** What the container adds to what the operator wrote. */
    private static final Pattern ADDED = Pattern.compile("(service|felix|component|org\\.apache)\\..*");

    private static final Pattern FILE_NAME = Pattern.compile("(?:.*/)?([^/]+)");
    /** What Barman's users write to leave an option unset. */
    private static final String UNSET = "None";

    private static final Pattern SERVER_FILE = Pattern.compile("org\\.matriarch\\.server[-~](.+)\\.(?:cfg|config)");
    private static final Pattern SERVER_PID = Pattern.compile("org\\.matriarch\\.server[~.](.+)");

    /** Keeps its own copy. */
    ConfigurationText {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    static ConfigurationText of(String fileIfUnknown, Dictionary<String, ?> properties) {
        Object location = properties.get(FILE_PROPERTY);
        var values = new TreeMap<String, String>();
        for (String key : Collections.list(properties.keys())) {
            if (!ADDED.matcher(key).matches()) {
                String value = unquoted(text(properties.get(key)).strip());
                values.put(key.strip(), value.equals(UNSET) ? "" : value);
            }
        }
        String file = Optional.ofNullable(location)
                .map(Object::toString)
                .flatMap(ConfigurationText::fileName)
                .orElse(fileIfUnknown);
        return new ConfigurationText(file, location == null ? "" : location.toString(), values);
    }

    /** Returns the name of the server that the file configures; the PID decides where no file is known. */
    String server(String pid) {
        Matcher byFile = SERVER_FILE.matcher(file);
        if (byFile.matches()) {
            return byFile.group(1);
        }
        Matcher byPid = SERVER_PID.matcher(pid);
        return byPid.matches() ? byPid.group(1) : pid;
    }

    private static Optional<String> fileName(String location) {
        Matcher matcher = FILE_NAME.matcher(location);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** A {@code .config} file holds typed values; a list is written with commas in a {@code .cfg}. */
    private static String text(Object value) {
        if (value instanceof Object[] array) {
            return text(Arrays.asList(array));
        }
        if (value instanceof Collection<?> many) {
            return many.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return String.valueOf(value);
    }

    private static String unquoted(String text) {
        for (String quote : List.of("\"", "'")) {
            if (text.length() >= 2
                    && text.startsWith(quote)
                    && text.endsWith(quote)
                    && text.indexOf(quote, 1) == text.length() - 1) {
                return text.substring(1, text.length() - 1);
            }
        }
        return text;
    }
}
