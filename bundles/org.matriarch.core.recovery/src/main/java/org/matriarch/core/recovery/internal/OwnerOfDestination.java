package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * Gives restored files to whoever owns the place they are restored to.
 *
 * <p>PostgreSQL refuses a data directory of another user. Only a container that runs as root can give files away; for any
 * other the files are its own, and nothing is done.
 */
final class OwnerOfDestination {

    private static final int ROOT = 0;

    private final int user;
    private final int group;
    private final boolean active;

    private OwnerOfDestination(int user, int group, boolean active) {
        this.user = user;
        this.group = group;
        this.active = active;
    }

    /** Looks who owns a directory, or the nearest one above it that exists. */
    static OwnerOfDestination of(Path destination) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(nearestExisting(destination), "unix:uid,gid");
        int user = (Integer) attributes.getOrDefault("uid", ROOT);
        int group = (Integer) attributes.getOrDefault("gid", ROOT);
        boolean runByRoot = "root".equals(System.getProperty("user.name"));
        return new OwnerOfDestination(user, group, runByRoot && user != ROOT);
    }

    /** Gives a file, directory or link away. */
    void give(Path path) throws IOException {
        if (active) {
            Files.setAttribute(path, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static Path nearestExisting(Path path) {
        for (Path candidate = path; candidate != null; candidate = candidate.getParent()) {
            if (Files.exists(candidate)) {
                return candidate;
            }
        }
        return path;
    }
}
