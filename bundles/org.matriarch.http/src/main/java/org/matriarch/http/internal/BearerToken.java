package org.matriarch.http.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Secrets that callers show. Source: RFC 6750, "The OAuth 2.0 Authorization Framework: Bearer Token Usage", 2.1. */
public final class BearerToken {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 32;
    private static final String SCHEME = "Bearer ";

    private BearerToken() {}

    /** Returns a token that nobody can guess. */
    public static String make() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /**
     * Returns whether a header shows a token. Takes as long for a wrong one as for the right one.
     *
     * @param authorization the value of the header {@code Authorization}, or ""
     * @param token what is expected; nothing opens if it is ""
     */
    public static boolean shows(String authorization, String token) {
        boolean scheme = authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        String given = scheme ? authorization.substring(SCHEME.length()).strip() : "";
        return !token.isEmpty() && MessageDigest.isEqual(given.getBytes(UTF_8), token.getBytes(UTF_8));
    }
}
