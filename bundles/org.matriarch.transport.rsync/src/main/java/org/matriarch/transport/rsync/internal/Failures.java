package org.matriarch.transport.rsync.internal;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.transport.TransportException;

/**
 * Turns what ssh and rsync complain of into errors for an operator. Both print English here, since they run in the locale C;
 * the words are those of OpenSSH 9 and of rsync 3.1 to 3.4.
 */
final class Failures {

    private static final int NOT_FOUND = 127;
    private static final int SYNTAX = 1;

    /** A system call that failed on a file, such as {@code send_files failed to open "x": Permission denied (13)}. */
    private static final Pattern FILE = Pattern.compile(".*?\"(?<path>.+)\"(?: failed)?: (?<reason>.+) \\(\\d+\\)");

    /** What rsync adds to a complaint, and what OpenSSH draws around one. */
    private static final Pattern SUMMARY = Pattern.compile(
            "rsync error: .*|rsync: (\\[\\w+] )?connection unexpectedly closed.*|rsync: .*Broken pipe.*|@.*|Warning: .*");

    private static final String OURS = "let 'ssh_command' log in as the user that PostgreSQL runs as.";
    private static final String SAME_HOST = "see whether 'ssh_command' and 'conninfo' lead to the same host.";

    private Failures() {}

    /** Describes a command that is no use. */
    static TransportException ofCommand(String command, IllegalArgumentException e) {
        return failure(
                ErrorCode.CONFIGURATION_INVALID,
                "unable to read ssh_command '%s': %s".formatted(command, e.getMessage()),
                "write it as in 'ssh -p 2222 postgres@pg', the host last.",
                e);
    }

    /** Describes a machine of ours that lacks the program. */
    static TransportException missingHere() {
        return failure(
                ErrorCode.RSYNC_UNUSABLE,
                "rsync is not installed here",
                "install rsync on the machine of the container, or set backup_method = ssh, which needs none.");
    }

    /** Describes a program here that cannot do what we ask for. */
    static TransportException unusableHere(String version) {
        return failure(
                ErrorCode.RSYNC_UNUSABLE,
                "rsync here is '%s', %s or newer is needed".formatted(version, RsyncVersion.OLDEST),
                "install a newer rsync on the machine of the container, or set backup_method = ssh, which needs none.");
    }

    /** Describes a program on the host that cannot do what we ask for. */
    static TransportException unusableThere(String host, String version) {
        return failure(
                ErrorCode.RSYNC_UNUSABLE,
                "rsync of host '%s' is '%s', %s or newer is needed".formatted(host, version, RsyncVersion.OLDEST),
                "install a newer rsync there, or set backup_method = ssh, which needs none.");
    }

    /** Describes a line that is none of rsync's. */
    static TransportException unreadableLine(String host, String line) {
        return failure(
                ErrorCode.RSYNC_UNUSABLE,
                "rsync lists a file of host '%s' in a way that cannot be read: '%s'".formatted(host, line),
                "report it with the output of 'rsync --version'; meanwhile set backup_method = ssh.");
    }

    /** Describes a file whose name is no text. */
    static TransportException unnameable(String host, String name) {
        return failure(
                ErrorCode.HOST_FILES,
                "host '%s' has a file whose name is not UTF-8: '%s'".formatted(host, name),
                "rename or remove it: PostgreSQL makes no such files.");
    }

    /** Describes links that lead to no end. */
    static TransportException tooManyLinks(String host, String location) {
        return failure(
                ErrorCode.HOST_FILES,
                "host '%s' has a link that leads in a circle: '%s'".formatted(host, location),
                "remove it: PostgreSQL makes no such links.");
    }

    /** Describes a configuration file whose name is taken in the data directory. */
    static TransportException inTheWay(String host, String location) {
        return failure(
                ErrorCode.HOST_FILES,
                "host '%s' has '%s' beside a file of that name in its data directory".formatted(host, location),
                "remove the one in the data directory, which PostgreSQL does not use.");
    }

    /** Describes a data directory that is none. */
    static TransportException noDataDirectory(String host, String directory) {
        return failure(
                ErrorCode.HOST_FILES,
                "host '%s' has no data directory of PostgreSQL at '%s'".formatted(host, directory),
                SAME_HOST);
    }

    /** Describes something that is not there. */
    static TransportException missing(String host, String path) {
        return failure(ErrorCode.HOST_FILES, "host '%s' has no '%s'".formatted(host, path), SAME_HOST);
    }

    /** Returns whether rsync only met files that were cut short while it read them, which is no error of ours or theirs. */
    static boolean isPassing(Ended ended) {
        return ended.code() == Ended.PARTIAL
                && ended.complaints().stream()
                        .filter(line -> !SUMMARY.matcher(line).matches())
                        .allMatch(Failures::isPassing);
    }

    private static boolean isPassing(String line) {
        return (line.contains("read errors mapping") && line.contains("No data available"))
                || line.contains("failed verification -- update discarded")
                || line.startsWith("file has vanished: ");
    }

    /** Describes why a program ended before it was through. */
    static TransportException of(String host, Ended ended) {
        return ofPrograms(host, ended)
                .or(() -> ofFiles(host, ended))
                .or(() -> ofLogin(host, ended))
                .orElseGet(() -> broken(host, ended));
    }

    private static Optional<TransportException> ofPrograms(String host, Ended ended) {
        String reason = reason(ended);
        // The exit code tells only if rsync has noticed the end of the shell before that of the pipe to it.
        if (ended.code() == NOT_FOUND || ended.complaints().stream().anyMatch(Failures::isNotFound)) {
            return Optional.of(failure(
                    ErrorCode.RSYNC_UNUSABLE,
                    "host '%s' has no rsync: %s".formatted(host, reason),
                    "install rsync there, within the PATH of the user that logs in, or set backup_method = ssh, which"
                            + " needs none."));
        }
        if (ended.says("is your shell clean")) {
            return Optional.of(uncleanOutput(host, ""));
        }
        if (ended.code() == SYNTAX && ended.says("on remote machine")) {
            return Optional.of(unusableThere(host, reason));
        }
        if (ended.says("Failed to exec", "Bad configuration option", "Bad port", "unknown option -- ", "Bad owner")) {
            return Optional.of(failure(
                    ErrorCode.CONFIGURATION_INVALID,
                    "unable to start the program of 'ssh_command': " + reason,
                    "write it as in 'ssh -p 2222 postgres@pg', the host last."));
        }
        return Optional.empty();
    }

    /** Returns whether a shell says that it has not found rsync; each has words of its own. */
    private static boolean isNotFound(String line) {
        return (line.contains("rsync") && line.endsWith("not found") && !line.startsWith("rsync"))
                || line.endsWith("not found: rsync");
    }

    /** Describes a login that says more than it is asked for. */
    static TransportException uncleanOutput(String host, String printed) {
        return failure(
                ErrorCode.RSYNC_UNUSABLE,
                "a login on host '%s' prints something, which garbles what rsync sends%s"
                        .formatted(host, printed.isEmpty() ? "" : ": '%s'".formatted(printed)),
                "see that ~/.bashrc and the like print nothing there without a terminal.");
    }

    private static Optional<TransportException> ofLogin(String host, Ended ended) {
        if (ended.says("REMOTE HOST IDENTIFICATION HAS CHANGED")) {
            return refused(
                    "unable to connect to host '%s': its key is not the one that is known here".formatted(host),
                    "find out why the key has changed; only then correct ~/.ssh/known_hosts.");
        }
        if (ended.says("Host key verification failed")) {
            return refused(
                    "unable to connect to host '%s': its key is not known here".formatted(host),
                    "compare the key, and add it to ~/.ssh/known_hosts of the user that runs the container; ssh-keyscan"
                            + " prints it.");
        }
        if (ended.says("Permission denied (", "Too many authentication failures", "Load key ")) {
            return refused(
                    "host '%s' does not let us in: %s".formatted(host, reason(ended)),
                    "add the public key of the user that runs the container to ~/.ssh/authorized_keys on the host.");
        }
        if (ended.says("ssh: connect to host", "Could not resolve hostname", "kex_exchange_identification")) {
            return Optional.of(failure(
                    ErrorCode.HOST_UNREACHABLE,
                    "unable to connect to host '%s': %s".formatted(host, reason(ended)),
                    "see whether its SSH server runs, and 'ssh_command'."));
        }
        return Optional.empty();
    }

    private static Optional<TransportException> ofFiles(String host, Ended ended) {
        if (ended.says("No space left on device", "Disk quota exceeded")) {
            return Optional.of(failure(
                    ErrorCode.STORE_FULL,
                    "unable to write the files of the backup: " + reason(ended),
                    "make room: extend the disk, or delete old backups with backup:delete or retention:apply."));
        }
        for (String line : ended.complaints()) {
            Matcher file = FILE.matcher(line);
            if (file.matches() && !isPassing(line)) {
                return Optional.of(ofFile(host, line, file.group("path"), file.group("reason")));
            }
        }
        return Optional.empty();
    }

    private static TransportException ofFile(String host, String line, String path, String reason) {
        boolean there = List.of("[sender]", "send_files", "opendir", "link_stat", "change_dir").stream()
                .anyMatch(line::contains);
        if (!there) {
            return failure(
                    ErrorCode.STORE_FAILED,
                    "unable to write '%s': %s".formatted(path, reason),
                    "look at the disk behind the store, its permissions and the system's log.");
        }
        if (reason.equals("No such file or directory")) {
            return missing(host, path);
        }
        return failure(
                ErrorCode.HOST_FILES,
                reason.equals("Permission denied")
                        ? "host '%s' does not let us read '%s'".formatted(host, path)
                        : "unable to read '%s' of host '%s': %s".formatted(path, host, reason),
                OURS);
    }

    private static TransportException broken(String host, Ended ended) {
        return failure(
                ErrorCode.HOST_UNREACHABLE,
                "the connection to host '%s' broke: %s".formatted(host, reason(ended)),
                "see the network, and the log of the SSH server.");
    }

    /** Returns the complaint that says most. */
    private static String reason(Ended ended) {
        return ended.complaints().stream()
                .filter(line -> !SUMMARY.matcher(line).matches())
                .findFirst()
                .or(() -> ended.complaints().stream().findFirst())
                .map(line -> line.replaceFirst("^(ssh|rsync): (\\[\\w+] )?", "").strip())
                .orElse("exit code " + ended.code());
    }

    private static Optional<TransportException> refused(String summary, String hint) {
        return Optional.of(failure(ErrorCode.HOST_REFUSED, summary, hint));
    }

    private static TransportException failure(ErrorCode code, String summary, String hint) {
        return failure(code, summary, hint, null);
    }

    private static TransportException failure(ErrorCode code, String summary, String hint, @Nullable Exception cause) {
        return new TransportException(summary, code.retryable(), new MatriarchException(code, summary, hint, cause));
    }
}
