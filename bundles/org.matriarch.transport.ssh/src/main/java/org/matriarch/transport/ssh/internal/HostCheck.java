package org.matriarch.transport.ssh.internal;

import com.jcraft.jsch.SftpException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.CopySource;
import org.matriarch.spi.transport.CopySource.Area;
import org.matriarch.spi.transport.TransportException;

/** Looks whether a host lets us in, offers its files, and lets us read those of the server. */
final class HostCheck {

    private static final String READABLE = "data directory readable";

    private HostCheck() {}

    static List<CheckResult> of(CopyHost configured, CopySource source) {
        var results = new ArrayList<CheckResult>();
        try (Connection connection = Connection.open(SshHost.of(configured))) {
            results.add(result("ssh", connection.host(), null));
            if (!source.areas().isEmpty()) {
                results.add(read(connection, source));
            }
        } catch (TransportException e) {
            results.add(result("ssh", "", e));
        }
        return results;
    }

    private static CheckResult read(Connection connection, CopySource source) {
        Area data = source.areas().get(0);
        // Whoever can read this can read the rest: the server makes all files alike.
        String path = data.directory() + "/global/pg_control";
        try {
            if (isEmpty(connection, path)) {
                throw Failures.noDataDirectory(connection.host(), data.directory());
            }
            for (Area area : source.areas()) {
                path = area.directory();
                connection.files().ls(RemoteTree.escaped(path));
            }
            return result(READABLE, data.directory(), null);
        } catch (TransportException e) {
            return result(READABLE, "", e);
        } catch (SftpException | IOException e) {
            return result(READABLE, "", Failures.reading(connection.host(), path, e));
        }
    }

    private static boolean isEmpty(Connection connection, String path) throws SftpException, IOException {
        try (InputStream in = connection.files().get(RemoteTree.escaped(path))) {
            return in.readAllBytes().length == 0;
        }
    }

    private static CheckResult result(String name, String detail, @Nullable TransportException failure) {
        if (failure == null) {
            return new CheckResult(name, Outcome.OK, detail, "");
        }
        String hint = failure.getCause() instanceof MatriarchException cause ? cause.hint() : "";
        return new CheckResult(name, Outcome.FAILED, String.valueOf(failure.getMessage()), hint);
    }
}
