package org.matriarch.http.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/**
 * Lets in who knows the token of this container, from this machine.
 *
 * <p>A browser on this machine could be made to call us by a page whose name resolves to 127.0.0.1; it would send that
 * name as Host, so only our own address is taken there.
 */
final class LocalAdmission implements Dispatcher.Admission {

    private static final Pattern HOST = Pattern.compile("(127\\.0\\.0\\.1|localhost)(:\\d{1,5})?");

    private final byte[] authorization;

    LocalAdmission(String token) {
        this.authorization = ("Bearer " + token).getBytes(UTF_8);
    }

    @Override
    public void admit(HttpExchange exchange) {
        if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
            throw new RefusedException(403, "this address is for this machine only");
        }
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (host == null
                || !HOST.matcher(host).matches()
                || exchange.getRequestHeaders().containsKey("Origin")) {
            throw new RefusedException(403, "not for browsers");
        }
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        if (given == null || !MessageDigest.isEqual(given.getBytes(UTF_8), authorization)) {
            throw new RefusedException(401, "the token is not that of this container");
        }
    }
}
