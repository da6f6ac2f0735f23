package org.matriarch.api.access;

import java.security.AccessController;
import java.security.Principal;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/**
 * Who asks for something, as whoever let them in has found out.
 *
 * @param user name of the user; empty if nobody has logged in
 * @param role the highest role that they have; empty for none
 */
public record Caller(String user, Optional<Role> role) {

    /** How Karaf marks the principals that stand for roles; it is not a type that everybody can see. */
    private static final String ROLE_PRINCIPAL = "org.apache.karaf.jaas.boot.principal.RolePrincipal";

    private static final String USER_PRINCIPAL = "org.apache.karaf.jaas.boot.principal.UserPrincipal";

    /** Returns who is logged in where the calling thread comes from, by JAAS. Somebody without a role if nobody is. */
    @SuppressWarnings("removal") // what takes its place comes with Java 18
    public static Caller current() {
        return of(Subject.getSubject(AccessController.getContext()));
    }

    /** Returns who a subject is. */
    public static Caller of(@Nullable Subject subject) {
        Set<Principal> principals = subject == null ? Set.of() : subject.getPrincipals();
        Optional<Role> highest = principals.stream()
                .filter(principal -> principal.getClass().getName().equals(ROLE_PRINCIPAL))
                .flatMap(principal -> Role.find(principal.getName()).stream())
                .max(Comparator.naturalOrder());
        String name = principals.stream()
                .filter(principal -> principal.getClass().getName().equals(USER_PRINCIPAL))
                .map(Principal::getName)
                .findFirst()
                .orElse("");
        return new Caller(name, highest);
    }

    /**
     * Lets those pass who have a role, or one that includes it.
     *
     * @param what what it is needed for, as a command is named
     * @throws MatriarchException {@code ROLE_MISSING}
     */
    public void require(Role needed, String what) {
        if (role.isEmpty() || !role.get().includes(needed)) {
            throw new MatriarchException(
                    ErrorCode.ROLE_MISSING,
                    "%s needs the role '%s', and %s has %s"
                            .formatted(
                                    what,
                                    needed.word(),
                                    user.isEmpty() ? "the caller" : "user '%s'".formatted(user),
                                    role.map(known -> "'%s'".formatted(known.word()))
                                            .orElse("none")),
                    "log in as a user who has it, or have an administrator add it in etc/users.properties.");
        }
    }
}
