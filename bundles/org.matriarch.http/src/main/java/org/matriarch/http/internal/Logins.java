package org.matriarch.http.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.matriarch.api.access.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs users in by a realm of JAAS. Who fails waits, and few are let try at a time, so that passwords cannot be guessed
 * quickly, nor all threads of the door be held by guessing.
 */
final class Logins {

    private static final Logger LOG = LoggerFactory.getLogger(Logins.class);
    private static final int AT_A_TIME = 6; // a command of bin/matriarch makes three requests at once
    private static final Duration PENALTY = Duration.ofSeconds(1);

    private final Semaphore turns = new Semaphore(AT_A_TIME);
    private final String realm;
    private final Duration penalty;

    Logins(String realm) {
        this(realm, PENALTY);
    }

    Logins(String realm, Duration penalty) {
        this.realm = realm;
        this.penalty = penalty;
    }

    /**
     * Logs a user in.
     *
     * @throws RefusedException 401 if the user is unknown or the password wrong, which is not told apart; 403 if the user may
     *     do nothing here; 503 if too many try at this moment
     */
    Subject login(String user, char[] password) {
        if (!turns.tryAcquire()) {
            throw new RefusedException(503, "too many logins at a time");
        }
        try {
            Subject subject = authenticate(user, password);
            if (Caller.of(subject).role().isEmpty()) {
                throw new RefusedException(403, "the user has none of the roles viewer, operator and admin");
            }
            return subject;
        } finally {
            turns.release();
        }
    }

    private Subject authenticate(String user, char[] password) {
        var subject = new Subject();
        try {
            new LoginContext(realm, subject, callbacks -> answer(callbacks, user, password)).login();
            subject.setReadOnly();
            return subject;
        } catch (LoginException e) {
            LOG.warn("MATR-1007: a login of '{}' over HTTP is refused", oneLine(user));
            LOG.debug("login of '{}'", oneLine(user), e);
            await();
            throw new RefusedException(401, "user or password is wrong", e);
        }
    }

    private void await() {
        try {
            Thread.sleep(penalty.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the door is closing
        }
    }

    private static void answer(Callback[] callbacks, String user, char[] password)
            throws IOException, UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                name.setName(user);
            } else if (callback instanceof PasswordCallback word) {
                word.setPassword(password);
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
