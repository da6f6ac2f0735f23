package org.matriarch.core.postgres.internal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the two forms of a connection string into keywords and values, as libpq's {@code conninfo_parse} and
 * {@code conninfo_uri_parse} do; the last of several equal keywords counts.
 */
final class ConninfoReader {

    private final String text;
    private final Map<String, String> values = new LinkedHashMap<>();
    private int at;

    private ConninfoReader(String text) {
        this.text = text;
    }

    /**
     * Returns the values by keyword.
     *
     * @throws IllegalArgumentException if the text has neither form; the message shows no value
     */
    static Map<String, String> read(String text) {
        ConninfoReader reader = new ConninfoReader(text);
        for (String scheme : new String[] {"postgresql://", "postgres://"}) {
            if (text.startsWith(scheme)) {
                reader.readUri(scheme.length());
                return reader.values;
            }
        }
        reader.readKeywords();
        return reader.values;
    }

    private void readKeywords() {
        skipBlanks();
        while (at < text.length()) {
            String keyword = readKeyword();
            skipBlanks();
            values.put(keyword, at < text.length() && text.charAt(at) == '\'' ? readQuoted(keyword) : readBare());
            skipBlanks();
        }
    }

    private String readKeyword() {
        int start = at;
        while (at < text.length() && text.charAt(at) != '=' && !isBlank(text.charAt(at))) {
            at++;
        }
        String keyword = text.substring(start, at);
        skipBlanks();
        if (at == text.length() || text.charAt(at) != '=') {
            // The word may be a part of a password with a blank in it, so it is not shown.
            throw new IllegalArgumentException("'=' is missing after the word at position %d".formatted(start + 1));
        }
        at++;
        return keyword;
    }

    private String readBare() {
        StringBuilder value = new StringBuilder();
        while (at < text.length() && !isBlank(text.charAt(at))) {
            value.append(readEscaped());
        }
        return value.toString();
    }

    private String readQuoted(String keyword) {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length()) {
            if (text.charAt(at) == '\'') {
                at++;
                return value.toString();
            }
            value.append(readEscaped());
        }
        throw new IllegalArgumentException("the quoted value of '%s' does not end".formatted(keyword));
    }

    private char readEscaped() {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
            at++;
        }
        return text.charAt(at++);
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char character) {
        return character == ' ' || (character >= '\t' && character <= '\r');
    }

    private void readUri(int start) {
        int slash = indexOfAny("/?", start);
        // As libpq: an '@' before the first '/' ends the user, even if the password holds a '?'.
        int pathStart = text.indexOf('/', start) < 0 ? text.length() : text.indexOf('/', start);
        int sign = text.indexOf('@', start);
        int hostStart = start;
        if (sign >= 0 && sign < pathStart) {
            readUser(text.substring(start, sign));
            hostStart = sign + 1;
            slash = indexOfAny("/?", hostStart);
        }
        readHosts(text.substring(hostStart, slash));
        int question = text.indexOf('?', slash);
        String path = text.substring(slash, question < 0 ? text.length() : question);
        if (path.length() > 1) {
            values.put("dbname", decode(path.substring(1), "dbname"));
        }
        if (question >= 0) {
            readParameters(text.substring(question + 1));
        }
    }

    private int indexOfAny(String characters, int from) {
        for (int i = from; i < text.length(); i++) {
            if (characters.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return text.length();
    }

    private void readUser(String user) {
        int colon = user.indexOf(':');
        String name = colon < 0 ? user : user.substring(0, colon);
        if (!name.isEmpty()) {
            values.put("user", decode(name, "user"));
        }
        if (colon >= 0 && colon + 1 < user.length()) {
            values.put("password", decode(user.substring(colon + 1), "password"));
        }
    }

    private void readHosts(String list) {
        if (list.isEmpty()) {
            return;
        }
        StringBuilder hosts = new StringBuilder();
        StringBuilder ports = new StringBuilder();
        String separator = "";
        for (String host : list.split(",", -1)) {
            int end = host.startsWith("[") ? host.indexOf(']') : -1;
            if (host.startsWith("[") && end < 0) {
                throw new IllegalArgumentException("']' is missing after an IPv6 address");
            }
            int colon = host.indexOf(':', Math.max(end, 0));
            String name = end > 0 ? host.substring(1, end) : host.substring(0, colon < 0 ? host.length() : colon);
            hosts.append(separator).append(decode(name, "host"));
            ports.append(separator).append(colon < 0 ? "" : decode(host.substring(colon + 1), "port"));
            separator = ",";
        }
        values.put("host", hosts.toString());
        values.put("port", ports.toString());
    }

    private void readParameters(String parameters) {
        if (parameters.isEmpty()) {
            return;
        }
        for (String parameter : parameters.split("&", -1)) {
            int equal = parameter.indexOf('=');
            if (equal < 0) {
                throw new IllegalArgumentException("'=' is missing in a parameter after '?'");
            }
            String keyword = decode(parameter.substring(0, equal), "keyword");
            String value = decode(parameter.substring(equal + 1), keyword);
            if (keyword.equals("ssl") && value.equals("true")) {
                values.put("sslmode", "require");
            } else {
                values.put(keyword, value);
            }
        }
    }

    private static String decode(String value, String keyword) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length());
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < encoded.length; i++) {
            if (encoded[i] != '%') {
                bytes.write(encoded[i]);
                continue;
            }
            int high = i + 2 < encoded.length ? Character.digit(encoded[i + 1], 16) : -1;
            int low = i + 2 < encoded.length ? Character.digit(encoded[i + 2], 16) : -1;
            if (high < 0 || low < 0 || high + low == 0) {
                throw new IllegalArgumentException("the value of '%s' holds a wrong percent code".formatted(keyword));
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
