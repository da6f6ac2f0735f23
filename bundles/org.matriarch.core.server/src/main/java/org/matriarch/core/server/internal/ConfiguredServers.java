package org.matriarch.core.server.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers as the files in {@code etc/} describe them.
 *
 * <p>Whatever changes, everything is judged anew from all files, so that the order in which they arrive does not matter;
 * the result is swapped in as one. A file that is refused leaves in force what was in force, or, at a start, what was
 * kept on disk when it last was. Nothing is in force before the global file was heard of: it says where servers live.
 */
@Component(
        service = {Servers.class, ConfiguredServers.class},
        immediate = true)
public final class ConfiguredServers implements Servers {

    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredServers.class);

    /** Name of the file in {@code etc/} that holds for all servers. */
    static final String GLOBAL_FILE = "org.matriarch.cfg";

    private static final String GLOBAL_KEPT = "global";
    private static final String SERVER_KEPT = "server-";

    /** Where the file lay that was kept; no option's name. */
    private static final String LOCATION = ".location";

    /** Wants to know of each change, on the thread that brought it. */
    interface Subscriber {

        void changed(Set<String> changed, Set<String> refused);
    }

    private final Path defaultHome;
    private final KeptConfigurations lastGood;
    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();

    private volatile Configurations now = Configurations.NONE;

    /** The files as they are; guarded by this. */
    private @Nullable ConfigurationText globalFile;

    /** What holds of the global file; nothing while it is refused and never was in force. Guarded by this. */
    private @Nullable Map<String, String> globalInForce;

    private final Map<String, ConfigurationText> serverFiles = new TreeMap<>();

    /** Begins with nothing; the configuration admin delivers. */
    @Activate
    public ConfiguredServers(BundleContext context) {
        this(baseDirectory(context));
    }

    ConfiguredServers(Path baseDirectory) {
        this.defaultHome = baseDirectory.resolve("matriarch").toAbsolutePath();
        this.lastGood = new KeptConfigurations(baseDirectory.resolve("last-good"));
        lastGood.forgetOrphans(LOCATION); // deleted while the container was down: not to come back by a broken new file
    }

    /** Takes the global file, or that there is none. */
    synchronized void updateGlobal(@Nullable Dictionary<String, ?> properties) {
        globalFile = properties == null
                ? new ConfigurationText(GLOBAL_FILE, "", Map.of())
                : ConfigurationText.of(GLOBAL_FILE, properties);
        judge();
    }

    /** Takes a server's file. */
    synchronized void updateServer(String pid, Dictionary<String, ?> properties) {
        serverFiles.put(pid, ConfigurationText.of(pid, properties));
        judge();
    }

    /** Takes that a server's file is gone; so is then what was kept of it. */
    synchronized void deleteServer(String pid) {
        ConfigurationText file = serverFiles.remove(pid);
        judge();
        if (file != null) {
            String name = file.server(pid);
            if (Judgement.isServerName(name) && !now.servers().containsKey(name)) {
                lastGood.forget(SERVER_KEPT + name);
            }
        }
    }

    /** Returns what the files in a directory say, those that are refused included. */
    synchronized ConfigurationFiles files(Path directory) {
        var files = new TreeMap<String, String>();
        serverFiles.forEach((pid, file) -> files.put(file.server(pid), file.file()));
        ConfigurationText global = globalFile;
        return new ConfigurationFiles(directory, global == null ? Map.of() : global.values(), files, defaultHome);
    }

    /** Waits until these texts of the global file are in force; returns whether they came in time. */
    synchronized boolean awaitGlobal(Map<String, String> texts, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (globalInForce == null || !globalInForce.entrySet().containsAll(texts.entrySet())) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    void subscribe(Subscriber subscriber) {
        subscribers.add(subscriber);
    }

    void unsubscribe(Subscriber subscriber) {
        subscribers.remove(subscriber);
    }

    Configurations now() {
        return now;
    }

    @Override
    public List<ServerConfiguration> servers() {
        return now.servers().values().stream()
                .map(Configurations.Server::configuration)
                .toList();
    }

    @Override
    public Optional<ServerConfiguration> findServer(String name) {
        return Optional.ofNullable(now.servers().get(name)).map(Configurations.Server::configuration);
    }

    @Override
    public ServerConfiguration requireServer(String name) {
        return require(name).configuration();
    }

    @Override
    public Map<String, List<ConfigurationProblem>> problems() {
        return now.problems();
    }

    @Override
    public Map<String, String> describe(String name) {
        Configurations.Server server = require(name);
        var described = new LinkedHashMap<String, String>();
        server.texts().forEach((key, text) -> described.put(key, Secrets.mask(text)));
        // Where nothing is written these follow from others.
        described.replace(Options.ARCHIVER.name(), server.configuration().wal().archiver() ? "on" : "off");
        described.replace(
                Options.STREAMING_CONNINFO.name(),
                Secrets.mask(
                        server.texts()
                                        .getOrDefault(Options.STREAMING_CONNINFO.name(), "")
                                        .isEmpty()
                                ? server.texts().getOrDefault(Options.CONNINFO.name(), "")
                                : server.texts().getOrDefault(Options.STREAMING_CONNINFO.name(), "")));
        return described;
    }

    private Configurations.Server require(String name) {
        return require(now, name);
    }

    /** Returns what is in force of a server at one moment, or throws as {@link #requireServer} does. */
    static Configurations.Server require(Configurations current, String name) {
        Configurations.Server server = current.servers().get(name);
        if (server != null) {
            return server;
        }
        List<ConfigurationProblem> problems = current.problems().getOrDefault(name, List.of());
        if (!problems.isEmpty()) {
            throw new MatriarchException(
                    ErrorCode.SERVER_UNKNOWN,
                    "server '%s' has no configuration in force: %s".formatted(name, Judgement.line(problems.get(0))),
                    "correct 'etc/%s'; server:check %s says all that is wrong with it."
                            .formatted(problems.get(0).file(), name));
        }
        String hint = current.servers().isEmpty()
                ? "no server is configured; write etc/org.matriarch.server-%s.cfg.".formatted(name)
                : "the nearest name is '%s'; server:list shows all."
                        .formatted(Options.nearest(name, current.servers().keySet()));
        throw new MatriarchException(ErrorCode.SERVER_UNKNOWN, "unable to find server '%s'".formatted(name), hint);
    }

    private void judge() {
        ConfigurationText global = globalFile;
        if (global == null) {
            return;
        }
        var problems = new HashMap<String, List<ConfigurationProblem>>();
        Optional<Map<String, String>> inForce = judgeGlobal(global, problems);
        globalInForce = inForce.orElse(null);
        var servers = new HashMap<String, Configurations.Server>();
        inForce.ifPresent(texts -> judgeServers(texts, servers, problems));
        Configurations before = now;
        Configurations after = new Configurations(inForce.orElse(Map.of()), servers, problems);
        now = after;
        notifyAll();
        report(before, after);
    }

    private Optional<Map<String, String>> judgeGlobal(
            ConfigurationText file, Map<String, List<ConfigurationProblem>> problems) {
        List<ConfigurationProblem> found = Judgement.ofGlobal(file);
        if (found.isEmpty()) {
            lastGood.keep(GLOBAL_KEPT, file.values());
            return Optional.of(file.values());
        }
        problems.put("", found);
        return globalInForce != null
                ? Optional.of(globalInForce)
                : lastGood.load(GLOBAL_KEPT)
                        .filter(kept -> Judgement.ofGlobal(new ConfigurationText("", "", kept))
                                .isEmpty());
    }

    private void judgeServers(
            Map<String, String> global,
            Map<String, Configurations.Server> servers,
            Map<String, List<ConfigurationProblem>> problems) {
        var files = new HashMap<String, ConfigurationText>();
        serverFiles.forEach((pid, file) -> {
            String name = file.server(pid);
            ConfigurationText other = files.putIfAbsent(name, file);
            var found = new ArrayList<>(Judgement.ofServer(name, file, global));
            if (other != null) {
                found.add(new ConfigurationProblem(
                        file.file(), "", name, "the server is configured by '%s' already".formatted(other.file())));
                problems.put(name, found);
            } else if (found.isEmpty()) {
                servers.put(name, accept(name, file, global));
            } else {
                problems.put(name, found);
                remembered(name).ifPresent(server -> servers.put(name, server));
            }
        });
    }

    private Configurations.Server accept(String name, ConfigurationText file, Map<String, String> global) {
        Map<String, String> texts = Judgement.effective(file.values(), global);
        Path home = Options.MATRIARCH_HOME
                .parse(global.getOrDefault(Options.MATRIARCH_HOME.name(), ""))
                .orElse(defaultHome);
        var kept = new TreeMap<>(texts);
        kept.put(Options.MATRIARCH_HOME.name(), home.toString());
        kept.put(LOCATION, file.location());
        lastGood.keep(SERVER_KEPT + name, kept);
        return new Configurations.Server(Settings.configuration(name, texts, home), texts, file);
    }

    /** Returns what was in force of a server whose file is refused; what was kept by another version is judged again. */
    private Optional<Configurations.Server> remembered(String name) {
        Configurations.Server server = now.servers().get(name);
        if (server != null || !Judgement.isServerName(name)) {
            return Optional.ofNullable(server);
        }
        return lastGood.load(SERVER_KEPT + name).flatMap(kept -> {
            var own = new TreeMap<>(kept);
            own.remove(LOCATION);
            Optional<Path> home =
                    Options.MATRIARCH_HOME.parse(Optional.ofNullable(own.remove(Options.MATRIARCH_HOME.name()))
                            .orElse(""));
            Map<String, String> texts = Judgement.effective(own, Map.of());
            var file = new ConfigurationText("", "", own);
            boolean good = Judgement.ofServer(name, file, Map.of()).isEmpty();
            return good
                    ? home.map(
                            path -> new Configurations.Server(Settings.configuration(name, texts, path), texts, file))
                    : Optional.empty();
        });
    }

    private void report(Configurations before, Configurations after) {
        Set<String> changed = after.changedSince(before);
        Set<String> refused = after.refusedSince(before);
        for (String name : refused) {
            String kept =
                    (name.isEmpty() && globalInForce != null) || after.servers().containsKey(name)
                            ? "the last good configuration stays in force"
                            : "until it is corrected, nothing of it is in force";
            after.problems()
                    .getOrDefault(name, List.of())
                    .forEach(problem -> LOG.error(
                            "MATR-{}: {}; {}",
                            ErrorCode.CONFIGURATION_INVALID.number(),
                            Judgement.line(problem),
                            kept));
        }
        for (String name : changed) {
            String what = !after.servers().containsKey(name)
                    ? "is no longer in force"
                    : before.servers().containsKey(name) ? "has changed" : "is in force";
            LOG.info("configuration of server '{}' {}", name, what);
        }
        if (!changed.isEmpty() || !after.problems().equals(before.problems())) {
            subscribers.forEach(subscriber -> subscriber.changed(changed, refused));
        }
    }

    /** Not Karaf's data directory: a clean start wipes that one, and with it would go every backup. */
    private static Path baseDirectory(BundleContext context) {
        String base = context.getProperty("karaf.base");
        return base == null ? context.getDataFile("").toPath() : Path.of(base);
    }
}
