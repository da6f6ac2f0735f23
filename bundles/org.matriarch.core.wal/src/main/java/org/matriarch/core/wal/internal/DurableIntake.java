package org.matriarch.core.wal.internal;

import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.WalIntake;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Keeps what is handed over in {@code pushed/} before it answers, and leaves the rest to the archiver. */
@Component
public final class DurableIntake implements WalIntake {

    private final Servers servers;
    private final StreamingReceivers receivers;
    private final KnownRefusals known = new KnownRefusals();

    /** Keeps the services that it works with. */
    @Activate
    public DurableIntake(@Reference Servers servers, @Reference StreamingReceivers receivers) {
        this.servers = servers;
        this.receivers = receivers;
    }

    @Override
    public Outcome take(String server, String name, InputStream content, Supplier<Optional<String>> sha256) {
        ServerConfiguration configuration = requireArchiver(server);
        receivers.services().repositories().takeCharge(configuration);
        try {
            WalFileName file = requireName(server, name);
            Outcome outcome = new Handover(configuration, receivers.services(), file).take(content, sha256);
            known.taken(server, name);
            if (outcome == Outcome.STORED) {
                receivers.handedOver(server);
            }
            return outcome;
        } catch (MatriarchException e) {
            makeKnown(server, name, e);
            throw e;
        }
    }

    private void makeKnown(String server, String name, MatriarchException e) {
        boolean conflict = e.code() == ErrorCode.WAL_CONFLICT;
        if ((conflict || e.code() == ErrorCode.WAL_INVALID) && known.isNews(server, name, e.summary())) {
            receivers
                    .services()
                    .publish(conflict ? Event.Type.WAL_CONFLICT : Event.Type.WAL_REFUSED, server, name, e.summary());
        }
    }

    private ServerConfiguration requireArchiver(String name) {
        ServerConfiguration server = servers.requireServer(name);
        if (!server.active() || !server.wal().archiver()) {
            throw new MatriarchException(
                    ErrorCode.ARCHIVER_OFF,
                    "server '%s' takes no WAL files".formatted(name),
                    "set 'archiver = on' in etc/org.matriarch.server-%s.cfg, and 'active' to true there."
                            .formatted(name));
        }
        return server;
    }

    private static WalFileName requireName(String server, String name) {
        return WalFileName.find(name)
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.WAL_INVALID,
                        "'%s' of '%s' is refused: it is not the name of a WAL file".formatted(name, server),
                        "see whether the 'archive_command' passes the file's name without its directory."));
    }
}
