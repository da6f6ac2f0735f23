package org.matriarch.transport.ssh.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.Identity;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.OpenSSHConfig;
import com.jcraft.jsch.SSHAgentConnector;
import com.jcraft.jsch.Session;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A host that is reached over SSH, as OpenSSH's client would reach it for the user that runs the container: with that user's
 * {@code known_hosts}, keys, agent and configuration file. Thread-safe.
 *
 * <p>A host whose key is not known is refused. Nobody is ever asked for anything.
 */
final class SshHost {

    private static final Logger LOG = LoggerFactory.getLogger(SshHost.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(20);
    private static final int KEEP_ALIVES_UNANSWERED = 3;
    private static final Path GLOBAL_KNOWN_HOSTS = Path.of("/etc/ssh/ssh_known_hosts");

    /** Those that the JDK computes with the help of the processor come first. */
    private static final String CIPHERS =
            "aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,"
                    + "chacha20-poly1305@openssh.com";

    private static final Pattern NUMBER = Pattern.compile("\\d{1,5}");

    private static final List<String> DEFAULT_KEYS = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    /** Options of ssh_config(5) under the library's names. */
    private static final Map<String, List<String>> PASSED_ON = Map.of(
            "ciphers", List.of("cipher.c2s", "cipher.s2c"),
            "macs", List.of("mac.c2s", "mac.s2c"),
            "kexalgorithms", List.of("kex"),
            "hostkeyalgorithms", List.of("server_host_key"),
            "pubkeyacceptedalgorithms", List.of("PubkeyAcceptedAlgorithms"));

    private static final Set<String> NUMBERS = Set.of("port", "connecttimeout", "serveraliveinterval");

    private static final Set<String> READ_HERE =
            Set.of("compression", "stricthostkeychecking", "userknownhostsfile", "globalknownhostsfile");

    /** What concerns a client that can ask somebody, or that shares connections. */
    private static final Set<String> WITHOUT_MEANING = Set.of(
            "batchmode",
            "loglevel",
            "passwordauthentication",
            "pubkeyauthentication",
            "preferredauthentications",
            "gssapiauthentication",
            "kbdinteractiveauthentication",
            "identitiesonly",
            "controlmaster",
            "controlpath",
            "controlpersist",
            "forwardagent",
            "forwardx11",
            "sendenv",
            "serveralivecountmax",
            "tcpkeepalive",
            "requesttty",
            "addressfamily",
            "updatehostkeys");

    private final SshCommand command;
    private final boolean compress;
    private final Path ssh;
    private final Optional<String> agent;

    private SshHost(SshCommand command, boolean compress, Path ssh, Optional<String> agent) {
        this.command = command;
        this.compress = compress;
        this.ssh = ssh;
        this.agent = agent;
    }

    /** Reads what was configured. */
    static SshHost of(CopyHost host) throws TransportException {
        try {
            SshCommand command = SshCommand.parse(host.sshCommand());
            command.options().forEach(SshHost::requireUsable);
            return new SshHost(
                    command,
                    host.compress()
                            || command.option("compression")
                                    .filter("yes"::equals)
                                    .isPresent(),
                    Path.of(System.getProperty("user.home"), ".ssh"),
                    Optional.ofNullable(System.getenv("SSH_AUTH_SOCK")));
        } catch (IllegalArgumentException e) {
            throw Failures.ofCommand(host.sshCommand(), e);
        }
    }

    private static void requireUsable(String name, String value) {
        if (NUMBERS.contains(name)) {
            if (!NUMBER.matcher(value).matches()) {
                throw new IllegalArgumentException("'%s' is no value of option '%s'".formatted(value, name));
            }
        } else if (!PASSED_ON.containsKey(name) && !READ_HERE.contains(name) && !WITHOUT_MEANING.contains(name)) {
            throw new IllegalArgumentException("option '%s' is not supported".formatted(name));
        }
    }

    /** Returns the name by which the user knows it. */
    String name() {
        return command.host();
    }

    /**
     * Opens a connection.
     *
     * @throws TransportException if the host does not answer, is not known, or does not let us in
     */
    Session connect() throws TransportException {
        var jsch = new JSch();
        readConfiguration(jsch);
        readKnownHosts(jsch);
        addIdentities(jsch);
        var log = new ConnectLog();
        try {
            // Applies the configuration file; what the command says comes after, and wins.
            Session session = jsch.getSession(command.user().orElse(null), command.host());
            session.setLogger(log);
            if (command.option("userknownhostsfile").isPresent()) {
                session.setHostKeyRepository(jsch.getHostKeyRepository()); // the file's may be there instead
            }
            configure(session);
            session.connect(millis("connecttimeout", CONNECT_TIMEOUT));
            return session;
        } catch (JSchException e) {
            throw log.broken()
                    .map(cause -> Failures.broken(command.host(), cause))
                    .orElseGet(() -> Failures.connecting(command.host(), e));
        }
    }

    private void configure(Session session) throws JSchException {
        session.setDaemonThread(true);
        session.setConfig("PreferredAuthentications", "publickey");
        session.setConfig(
                "StrictHostKeyChecking", command.option("stricthostkeychecking").orElse("yes"));
        session.setConfig("cipher.s2c", CIPHERS);
        session.setConfig("cipher.c2s", CIPHERS);
        String compression = compress ? "zlib@openssh.com,zlib,none" : "none";
        session.setConfig("compression.s2c", compression);
        session.setConfig("compression.c2s", compression);
        PASSED_ON.forEach((name, ours) ->
                command.option(name).ifPresent(value -> ours.forEach(each -> session.setConfig(each, value))));
        number("port").ifPresent(session::setPort);
        session.setServerAliveInterval(millis("serveraliveinterval", KEEP_ALIVE));
        session.setServerAliveCountMax(KEEP_ALIVES_UNANSWERED);
    }

    private Optional<Integer> number(String option) {
        return command.option(option).map(Integer::valueOf);
    }

    /** Returns an option that is in seconds; 0 would be for ever, which helps nobody. */
    private int millis(String option, Duration otherwise) {
        Duration given = number(option).map(Duration::ofSeconds).orElse(otherwise);
        return (int) (given.isZero() ? otherwise : given).toMillis();
    }

    private void readConfiguration(JSch jsch) throws TransportException {
        Path file = command.configFile().map(this::expand).orElse(ssh.resolve("config"));
        if (command.configFile().filter("none"::equals).isPresent()) {
            return;
        }
        if (command.configFile().isPresent() || Files.isReadable(file)) {
            try {
                jsch.setConfigRepository(OpenSSHConfig.parseFile(file.toString()));
            } catch (IOException e) {
                throw Failures.ofSetting("unable to read '%s'".formatted(file), e);
            }
        }
    }

    private void readKnownHosts(JSch jsch) throws TransportException {
        var text = new StringBuilder();
        List<Path> files = List.of(
                command.option("userknownhostsfile").map(this::expand).orElse(ssh.resolve("known_hosts")),
                command.option("globalknownhostsfile").map(this::expand).orElse(GLOBAL_KNOWN_HOSTS));
        for (Path file : files) {
            if (Files.isReadable(file)) {
                try {
                    text.append(Files.readString(file, UTF_8)).append('\n');
                } catch (IOException e) {
                    throw Failures.ofSetting("unable to read '%s'".formatted(file), e);
                }
            }
        }
        try {
            jsch.setKnownHosts(new ByteArrayInputStream(text.toString().getBytes(UTF_8)));
        } catch (JSchException e) {
            throw Failures.ofSetting("unable to read the hosts that are known, in %s".formatted(files), e);
        }
    }

    /** Keys that the command names are taken, and no others; else those of the agent, and those that ssh looks for. */
    private void addIdentities(JSch jsch) throws TransportException {
        for (String file : command.identityFiles()) {
            add(jsch, expand(file));
        }
        if (!command.identityFiles().isEmpty()) {
            return;
        }
        if (agent.isPresent()) {
            addAgent(jsch, Path.of(agent.get()));
        }
        for (String name : DEFAULT_KEYS) {
            Path file = ssh.resolve(name);
            if (Files.isReadable(file)) {
                try {
                    add(jsch, file);
                } catch (TransportException e) {
                    LOG.debug("key '{}' is left out", file, e);
                }
            }
        }
    }

    private static void add(JSch jsch, Path key) throws TransportException {
        try {
            jsch.addIdentity(key.toString());
        } catch (JSchException e) {
            throw Failures.ofSetting("unable to use the key '%s'".formatted(key), e);
        }
    }

    private static void addAgent(JSch jsch, Path socket) {
        try {
            for (Identity identity : new AgentIdentityRepository(new SSHAgentConnector(socket)).getIdentities()) {
                jsch.addIdentity(identity, null);
            }
        } catch (AgentProxyException | JSchException e) {
            LOG.debug("the agent at '{}' does not answer", socket, e);
        }
    }

    private Path expand(String file) {
        return file.startsWith("~/") ? ssh.resolveSibling(file.substring(2)) : Path.of(file);
    }
}
