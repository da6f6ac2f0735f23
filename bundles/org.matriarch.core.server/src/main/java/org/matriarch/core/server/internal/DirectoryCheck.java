package org.matriarch.core.server.internal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerConfiguration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Whether the server's directory can be written to, and how much room there is. */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=100")
public final class DirectoryCheck implements ServerCheck {

    private static final long MIB = 1L << 20;

    /** Four segments: with less, WAL that is being received soon has no place to go. */
    private static final long LEAST = 64 * MIB;

    private static final long LITTLE = 10L << 30;

    /** How much room there is where a path lies; a seam for tests. */
    interface Room {

        long[] usableAndTotal(Path path) throws IOException;
    }

    private final Room room;

    /** Asks the file system. */
    @Activate
    public DirectoryCheck() {
        this(path -> {
            FileStore store = Files.getFileStore(path);
            return new long[] {store.getUsableSpace(), store.getTotalSpace()};
        });
    }

    DirectoryCheck(Room room) {
        this.room = room;
    }

    @Override
    public List<CheckResult> check(ServerConfiguration server) {
        Path home = server.home();
        try {
            Files.createDirectories(home);
            Path probe = Files.createTempFile(home, ".matriarch-check", ".tmp");
            Files.delete(probe);
            long[] bytes = room.usableAndTotal(home);
            return List.of(judge(home, bytes[0], bytes[1]));
        } catch (IOException e) {
            return List.of(
                    result(
                            Outcome.FAILED,
                            "unable to write to '%s': %s".formatted(home, e),
                            "let the user of the container own the directory, or set 'matriarch_home' in etc/org.matriarch.cfg."));
        }
    }

    private static CheckResult judge(Path home, long usable, long total) {
        String detail = "%d MiB of %d MiB free in '%s'".formatted(usable / MIB, total / MIB, home);
        if (usable < LEAST) {
            return result(Outcome.FAILED, detail, "make room: WAL cannot be received without.");
        }
        if (usable < LITTLE && usable < total / 10) {
            return result(Outcome.WARNING, detail, "make room soon, or delete backups with backup:delete.");
        }
        return result(Outcome.OK, detail, "");
    }

    private static CheckResult result(Outcome outcome, String detail, String hint) {
        return new CheckResult("directories", outcome, detail, hint);
    }
}
