package org.matriarch.core.recovery.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.api.wal.WalDoor;

/**
 * What a restored server needs to fetch its WAL from this container: the script, the address and the token, in a directory
 * within its own. PostgreSQL often runs as another user than the container, who can read neither the container's token
 * files nor, perhaps, its installation; and a directory that is moved or given away takes all of it along.
 *
 * <p>The script distinguishes a file that is not archived (exit code 1: recovery goes on or ends) from any failure (above
 * 125: PostgreSQL stops instead of ending recovery early; but not on a standby, which never does). Source: PostgreSQL manual, {@code restore_command}.
 */
final class FetchClient {

    /** What begins like this is left out of base backups, so that no token gets into one; removed when recovery ends. */
    static final String DIRECTORY = "pgsql_tmp.matriarch";

    private static final String SCRIPT = "matriarch-wal-fetch";
    private static final String SETTINGS = "client.conf";
    private static final String CERTIFICATE = "certificate.pem";

    private final Path installation;
    private final Supplier<WalDoor> door;

    FetchClient(Path installation, Supplier<WalDoor> door) {
        this.installation = installation;
        this.door = door;
    }

    /**
     * Refuses if nothing could be fetched.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code DOOR_CLOSED}
     */
    void requireDoor() {
        door.get().url();
    }

    /** Returns a plan for another host, with a warning if that host cannot reach the door. */
    RestorePlan warn(RestorePlan plan) {
        String url = door.get().url();
        if (!url.matches("https?://(127\\..*|localhost|localhost[:/].*|\\[::1].*)")) {
            return plan;
        }
        var warnings = new ArrayList<String>(plan.warnings());
        warnings.add(
                ("the server will fetch its WAL from %s, which means another host there: set 'wal_listen' and 'wal_url' in"
                                + " etc/org.matriarch.http.cfg, or restore with '--no-get-wal'")
                        .formatted(url));
        return new RestorePlan(
                plan.request(),
                plan.backup(),
                plan.timeline(),
                plan.tablespaces(),
                plan.sizeBytes(),
                plan.fileCount(),
                plan.wal(),
                plan.settings(),
                plan.signalFile(),
                List.copyOf(warnings));
    }

    /**
     * Returns the restore_command of a server; PostgreSQL puts the names in and has a shell run it in its directory.
     *
     * @param standby whether the server stays in recovery: it must go on, and can be promoted, while the container is away
     */
    static String command(String server, boolean standby) {
        // A server's name is made of letters, digits, '_', '.' and '-'.
        return "sh %s/%s --config %s/%s --parallel 4 --partial %s %s %%f %%p"
                .formatted(DIRECTORY, SCRIPT, DIRECTORY, SETTINGS, standby ? "--standby" : "--wait 300", server);
    }

    /** Returns the content of the files that {@link #command} relies on, by name within {@link #DIRECTORY}. */
    Map<String, byte[]> files(String server) throws IOException {
        WalDoor now = door.get();
        var files = new LinkedHashMap<String, byte[]>();
        var settings = new StringBuilder();
        settings.append("url=").append(now.url()).append('\n');
        settings.append("token=")
                .append(Files.readString(now.tokenFile(server)).strip())
                .append('\n');
        Optional<Path> certificate = now.certificate();
        if (certificate.isPresent()) {
            settings.append("cacert=%s/%s%n".formatted(DIRECTORY, CERTIFICATE));
            files.put(CERTIFICATE, Files.readAllBytes(certificate.get()));
        }
        files.put(SETTINGS, settings.toString().getBytes(UTF_8));
        files.put(SCRIPT, Files.readAllBytes(installation.resolve("bin").resolve(SCRIPT)));
        return files;
    }
}
