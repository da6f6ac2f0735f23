package org.matriarch.core.backup.internal;

import java.util.List;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.CopySource;
import org.matriarch.spi.transport.CopyingTransport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Whether the transport of a server is installed and, if it copies files by itself, whether the host lets it. */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=200")
public final class TransportCheck implements ServerCheck {

    private final BackupPlugins plugins;
    private final PostgresConnections connections;

    /** Takes the transports, and where to ask a server for the place of its files. */
    @Activate
    public TransportCheck(@Reference BackupPlugins plugins, @Reference PostgresConnections connections) {
        this.plugins = plugins;
        this.connections = connections;
    }

    @Override
    public List<CheckResult> check(ServerConfiguration server) throws InterruptedException {
        String name = "backup_method";
        try {
            if (plugins.requireTransport(server) instanceof CopyingTransport transport) {
                name = "ssh";
                CopyHost host = ConfiguredHost.of(server);
                return transport.check(host, source(server));
            }
            return List.of();
        } catch (MatriarchException e) {
            return List.of(new CheckResult(name, Outcome.FAILED, e.summary(), e.hint()));
        }
    }

    /** Of a server that does not answer, or hides where its files are, there is nothing to look at; its own check says so. */
    private CopySource source(ServerConfiguration server) {
        try {
            ServerFacts facts = connections.facts(server);
            return new CopyOrigin(server, facts, 0).source(facts.tablespaces());
        } catch (MatriarchException e) {
            return new CopySource(List.of(), List.of());
        }
    }
}
