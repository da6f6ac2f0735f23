package org.matriarch.http.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.jspecify.annotations.Nullable;
import org.matriarch.http.internal.command.CommandRoutes;
import org.matriarch.http.internal.command.CommandRunner;
import org.matriarch.http.internal.metrics.Metrics;
import org.matriarch.http.internal.metrics.MetricsRoute;
import org.matriarch.http.internal.shell.KarafCommandRunner;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the door for commands open as long as this bundle is active, where the configuration wants it. */
@Component(service = HttpDoor.class, immediate = true, configurationPid = "org.matriarch.http")
public final class HttpDoor {

    private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);

    private final CommandRoutes commands;
    private final List<Route> routes;
    private final Path tokenPath;
    private final Logins logins = new Logins("karaf");
    private final MetricsToken metricsToken;
    private volatile HttpSettings settings = HttpSettings.DEFAULT;
    private @Nullable LoopbackServer server;
    private final List<LoopbackServer> retired = new ArrayList<>();
    private volatile String refusal = "";

    /** Opens the door; if its configuration cannot be used, with the defaults. */
    @Activate
    public HttpDoor(@Reference SessionFactory sessions, @Reference Metrics metrics, Map<String, Object> properties) {
        this(
                new KarafCommandRunner(sessions),
                metrics,
                Path.of(System.getProperty("karaf.data", "data"), "matriarch.token"),
                // Not in Karaf's data directory, which a clean start wipes: Prometheus has a copy of it.
                Path.of(System.getProperty("karaf.base", "."), "metrics.token"),
                properties);
    }

    HttpDoor(CommandRunner runner, Metrics metrics, Path tokenPath, Path metricsTokenPath, Map<String, ?> properties) {
        this.commands = new CommandRoutes(runner);
        this.routes = Stream.of(commands.routes(), MetricsRoute.of(metrics))
                .flatMap(List::stream)
                .toList();
        this.tokenPath = tokenPath;
        this.metricsToken = new MetricsToken(metricsTokenPath);
        modified(properties);
    }

    @Modified
    void modify(Map<String, Object> properties) {
        modified(properties);
    }

    private synchronized void modified(Map<String, ?> properties) {
        HttpSettings wanted;
        try {
            wanted = HttpSettings.of(properties);
            refusal = "";
        } catch (IllegalArgumentException e) {
            refuse(String.valueOf(e.getMessage()), HttpKeys.unknown(properties).isPresent());
            wanted = settings;
        }
        change(wanted);
    }

    /** Who is in stays in, and a port that somebody else has is not better than one that we had. */
    private void change(HttpSettings wanted) {
        LoopbackServer before = server;
        if (wanted.metrics() == HttpSettings.Scraping.TOKEN) {
            metricsToken.make();
        }
        if (before != null && (wanted.port() == settings.port() || wanted.port() == before.port())) {
            settings = wanted;
            return;
        }
        Optional<LoopbackServer> opened = open(wanted.port());
        if (before == null || opened.isPresent()) {
            settings = wanted;
        }
        if (opened.isPresent()) {
            server = opened.get();
            if (before != null) {
                retire(before);
            }
        }
    }

    private void retire(LoopbackServer before) {
        retired.removeIf(one -> one.inside() == 0);
        retired.add(before);
        before.retire();
    }

    /** Returns why the newest configuration of this door is not in force; empty if it is. */
    Optional<String> refused() {
        return Optional.of(refusal).filter(reason -> !reason.isEmpty());
    }

    /** Returns how many requests are being answered. */
    synchronized int inside() {
        return server == null ? 0 : server.inside();
    }

    /** Once, for a file may be read again as it is. */
    private void refuse(String reason, boolean byBoth) {
        if (!reason.equals(refusal)) {
            LOG.error(
                    "MATR-1001: {} is refused: {}. The last good values of {} stay in force.",
                    HttpKeys.FILE,
                    reason,
                    byBoth ? "both doors" : "the door for commands");
        }
        refusal = reason;
    }

    private Optional<LoopbackServer> open(int port) {
        try {
            LoopbackServer opened = LoopbackServer.open(
                    port, () -> settings.metrics(), tokenPath, routes, new Guests(logins, metricsToken));
            LOG.info("listening on 127.0.0.1:{}, token in '{}'", opened.port(), tokenPath);
            return Optional.of(opened);
        } catch (IOException e) {
            refusal = "unable to listen on 127.0.0.1, port %d: %s".formatted(port, e.getMessage());
            LOG.error(
                    "MATR-1001: unable to listen on 127.0.0.1:{} with the token in '{}': {}. {}; choose another port in {}.",
                    port,
                    tokenPath,
                    e,
                    server == null ? "bin/matriarch cannot be used" : "The door stays where it was",
                    HttpKeys.FILE);
            return Optional.empty();
        }
    }

    @Deactivate
    synchronized void close() {
        commands.close();
        retired.forEach(LoopbackServer::close);
        closeServer();
    }

    private void closeServer() {
        if (server != null) {
            server.close();
            server = null;
        }
    }
}
