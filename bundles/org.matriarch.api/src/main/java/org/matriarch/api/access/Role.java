package org.matriarch.api.access;

import java.util.Locale;
import java.util.Optional;

/** What a user may do. Each role may do what those before it may. */
public enum Role {
    /** Looks at everything but the data themselves. */
    VIEWER,
    /** Also takes, verifies, keeps and restores backups, and rules receivers and jobs. */
    OPERATOR,
    /** Also does what makes backups or WAL go away for good. */
    ADMIN;

    /** Returns the name that the role has in {@code etc/users.properties}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether whoever has this role may do what needs the other one. */
    public boolean includes(Role needed) {
        return compareTo(needed) >= 0;
    }

    /** Returns the role that a word names; empty for the roles of others, of which a user may have some as well. */
    public static Optional<Role> find(String word) {
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
