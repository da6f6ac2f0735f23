package org.matriarch.transport.rsync.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.matriarch.spi.transport.TransportException;

/**
 * A line of {@code rsync --list-only}.
 *
 * @param kind as ls(1) has it: '-' for a file, 'd' for a directory, 'l' for a link
 */
record Listed(char kind, int mode, long sizeBytes, Instant modified, String name) {

    private static final Pattern LINE = Pattern.compile(
            "(?<kind>[-a-zA-Z])(?<mode>[-a-zA-Z]{9})\\S?\\s+(?<size>[\\d,]+) (?<time>\\S{10} \\S{8}) (?<name>.+)");

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu/MM/dd HH:mm:ss");

    /** How rsync writes a byte that a terminal might take for something else. */
    private static final Pattern ESCAPED = Pattern.compile("\\\\#([0-7]{3})");

    private static final int OCTAL = 8;

    /** Capitals say that only a bit beyond the nine is set. */
    private static final String NOT_SET = "-ST";

    /** Reads a line; one that cannot be read might be a file, so that is a failure. */
    static Listed parse(String host, String line) throws TransportException {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw Failures.unreadableLine(host, line);
        }
        String name = decoded(parts.group("name"));
        if (name.indexOf('\uFFFD') >= 0) {
            throw Failures.unnameable(host, parts.group("name"));
        }
        return new Listed(
                parts.group("kind").charAt(0),
                mode(parts.group("mode")),
                Long.parseLong(parts.group("size").replace(",", "")),
                LocalDateTime.parse(parts.group("time"), TIME).toInstant(ZoneOffset.UTC),
                name);
    }

    /** Returns a name as it is; one that is no UTF-8 gets characters that no name has. */
    static String decoded(String printed) {
        String bytes = ESCAPED.matcher(printed)
                .replaceAll(each ->
                        Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(each.group(1), OCTAL))));
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return "\uFFFD";
        }
    }

    /** Reads permissions such as {@code rw-r-----}; the bits beyond the nine do not matter to a backup. */
    private static int mode(String letters) {
        int mode = 0;
        for (int i = 0; i < letters.length(); i++) {
            mode = mode << 1 | (NOT_SET.indexOf(letters.charAt(i)) < 0 ? 1 : 0);
        }
        return mode;
    }
}
