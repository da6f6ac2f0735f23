package org.matriarch.core.server.internal;

import java.util.regex.Pattern;

/**
 * Hides passwords in connection strings, in both of libpq's notations: {@code password='…'} and
 * {@code postgresql://user:…@host}. Rather too much is hidden than too little.
 */
final class Secrets {

    private static final String MASK = "***";

    /** A keyword of a secret, and its value: quoted, with backslashes, or up to a blank or the end of a URI's parameter. */
    private static final Pattern KEYWORD = Pattern.compile(
            "(?i)((?:ssl)?password\\s*=\\s*)('(?:[^'\\\\]|\\\\.)*'?|(?:[^\\s&\\\\]|\\\\.)+)", Pattern.DOTALL);

    /** A URI's user information; a password may hold an '@' that somebody forgot to encode, so up to the last one. */
    private static final Pattern URI = Pattern.compile("(?i)(postgres(?:ql)?://[^:/@\\s]*:)([^\\s]*)(@)");

    private Secrets() {}

    static String mask(String text) {
        String masked = URI.matcher(text).replaceAll("$1" + MASK + "$3");
        return KEYWORD.matcher(masked).replaceAll("$1" + MASK);
    }
}
