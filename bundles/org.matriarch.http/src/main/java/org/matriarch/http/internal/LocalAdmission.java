package org.matriarch.http.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.util.Base64;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.matriarch.api.access.Role;
import org.matriarch.http.internal.metrics.MetricsRoute;

/**
 * Lets in who knows the token of this container, or is one of its users, from this machine. The token stands in a file that
 * only the owner of the container can read, who could do everything anyway.
 *
 * <p>A browser on this machine could be made to call us by a page whose name resolves to 127.0.0.1; it would send that
 * name as Host, so only our own address is taken there.
 */
final class LocalAdmission implements Dispatcher.Admission {

    private static final Pattern HOST = Pattern.compile("(127\\.0\\.0\\.1|localhost)(:\\d{1,5})?");
    private static final String BASIC = "Basic ";
    private static final int LONGEST = 4096;

    private final String token;
    private final Supplier<HttpSettings.Scraping> scraping;
    private final Guests guests;
    private final Subject owner;

    LocalAdmission(String token, Supplier<HttpSettings.Scraping> scraping, Guests guests) {
        this.token = token;
        this.scraping = scraping;
        this.guests = guests;
        this.owner = new Subject(
                true,
                Set.of(
                        new UserPrincipal(System.getProperty("user.name", "owner")),
                        new RolePrincipal(Role.ADMIN.word())),
                Set.of(),
                Set.of());
    }

    @Override
    public Subject admit(HttpExchange exchange) {
        if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
            throw new RefusedException(403, "this address is for this machine only");
        }
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (host == null
                || !HOST.matcher(host).matches()
                || exchange.getRequestHeaders().containsKey("Origin")) {
            throw new RefusedException(403, "not for browsers");
        }
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        String given = header == null ? "" : header;
        boolean scrape = exchange.getRequestURI().getPath().equals(MetricsRoute.PATH);
        if (scrape && scraping.get() == HttpSettings.Scraping.OFF) {
            throw new RefusedException(404, "metrics are off");
        }
        if (given.startsWith(BASIC)) {
            return login(given.substring(BASIC.length()));
        }
        if (scrape && !isOwner(given)) {
            return admitScrape(given);
        }
        if (!isOwner(given)) {
            throw new RefusedException(401, "the token is not that of this container");
        }
        return owner;
    }

    private Subject login(String credentials) {
        String text;
        try {
            text = credentials.length() > LONGEST
                    ? ""
                    : new String(Base64.getDecoder().decode(credentials), UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(401, "user and password cannot be read", e);
        }
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw new RefusedException(401, "user and password cannot be read");
        }
        return guests.logins()
                .login(text.substring(0, colon), text.substring(colon + 1).toCharArray());
    }

    /** Who scrapes may do nothing else. */
    private Subject admitScrape(String given) {
        if (scraping.get() != HttpSettings.Scraping.OPEN && !guests.metrics().opens(given)) {
            throw new RefusedException(401, "the token is not that for metrics");
        }
        return new Subject();
    }

    private boolean isOwner(String given) {
        return BearerToken.shows(given, token);
    }
}
