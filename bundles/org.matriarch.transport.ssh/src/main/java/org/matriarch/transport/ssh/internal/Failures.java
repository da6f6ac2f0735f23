package org.matriarch.transport.ssh.internal;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.JSchUnknownHostKeyException;
import com.jcraft.jsch.SftpException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.transport.TransportException;

/** Turns what went wrong between us and a host into errors for an operator. */
final class Failures {

    private Failures() {}

    /** Describes a command that is no use. */
    static TransportException ofCommand(String command, IllegalArgumentException e) {
        return failure(
                ErrorCode.CONFIGURATION_INVALID,
                "unable to read ssh_command '%s': %s".formatted(command, e.getMessage()),
                "write it as in 'ssh -p 2222 postgres@pg'; what only ssh itself can do has to go, or set backup_method = streaming.",
                e);
    }

    /** Describes a key or a file of SSH's that cannot be used. */
    static TransportException ofSetting(String what, Exception e) {
        return failure(
                ErrorCode.HOST_REFUSED,
                "%s: %s".formatted(what, reason(e)),
                "the user that runs the container has to be able to read it; a key must not need a passphrase, unless"
                        + " an agent holds it.",
                e);
    }

    /** Describes why a connection did not come about. */
    static TransportException connecting(String host, JSchException e) {
        if (e instanceof JSchUnknownHostKeyException) {
            return failure(
                    ErrorCode.HOST_REFUSED,
                    "unable to connect to host '%s': its key is not known here".formatted(host),
                    "compare the key, and add it to ~/.ssh/known_hosts of the user that runs the container; ssh-keyscan"
                            + " prints it.",
                    e);
        }
        if (e instanceof JSchHostKeyException) {
            return failure(
                    ErrorCode.HOST_REFUSED,
                    "unable to connect to host '%s': its key is not the one that is known here".formatted(host),
                    "find out why the key has changed; only then correct ~/.ssh/known_hosts.",
                    e);
        }
        if (String.valueOf(e.getMessage()).startsWith("Auth ")) {
            return failure(
                    ErrorCode.HOST_REFUSED,
                    "host '%s' does not let us in: %s".formatted(host, reason(e)),
                    "add the public key of the user that runs the container to ~/.ssh/authorized_keys on the host.",
                    e);
        }
        return failure(
                ErrorCode.HOST_UNREACHABLE,
                "unable to connect to host '%s': %s".formatted(host, reason(e)),
                "see whether its SSH server runs, and 'ssh_command'.",
                e);
    }

    /** Describes a host that does not give out files. */
    static TransportException noSftp(String host, JSchException e) {
        return failure(
                ErrorCode.HOST_REFUSED,
                "host '%s' lets us in, but offers no SFTP: %s".formatted(host, reason(e)),
                "have 'Subsystem sftp internal-sftp' in its sshd_config, or set backup_method = streaming.",
                e);
    }

    /** Describes why a file or directory of a host could not be read. */
    static TransportException reading(String host, String path, Exception e) {
        if (e instanceof SftpException sftp && sftp.id == ChannelSftp.SSH_FX_PERMISSION_DENIED) {
            return failure(
                    ErrorCode.HOST_FILES,
                    "host '%s' does not let us read '%s'".formatted(host, path),
                    "let 'ssh_command' log in as the user that PostgreSQL runs as.",
                    e);
        }
        if (isMissing(e)) {
            return failure(
                    ErrorCode.HOST_FILES,
                    "host '%s' has no '%s'".formatted(host, path),
                    "see whether 'ssh_command' and 'conninfo' lead to the same host.",
                    e);
        }
        return failure(
                ErrorCode.HOST_UNREACHABLE,
                "unable to read '%s' of host '%s': %s".formatted(path, host, reason(e)),
                "see the network, and the log of the SSH server.",
                e);
    }

    /** Describes an SFTP server that cannot do what a restore needs. */
    static TransportException tooLittle(String host, String extension) {
        return failure(
                ErrorCode.HOST_REFUSED,
                "the SFTP server of host '%s' has no '%s', so that nobody could say what is safe there"
                        .formatted(host, extension),
                "let OpenSSH 6.5 or newer serve SFTP there.",
                null);
    }

    /** Describes something of a host that could not be read or written. */
    static TransportException refused(String host, Path path, SftpSession.Refusal e) {
        String hint = e.status() == SftpAnswer.DENIED
                ? "let the command log in as a user who may, as a rule the one that PostgreSQL runs as."
                : "see what that host's log says, and its file system.";
        return failure(
                ErrorCode.HOST_FILES, "host '%s' refuses '%s': %s".formatted(host, path, e.getMessage()), hint, e);
    }

    /** Describes a connection that broke. */
    static TransportException broken(String host, IOException e) {
        if (e instanceof InterruptedIOException) {
            Thread.currentThread().interrupt(); // the library has taken note of it, and forgotten it
            return interrupted(host, e);
        }
        return failure(
                ErrorCode.HOST_UNREACHABLE,
                "lost the connection to host '%s': %s"
                        .formatted(host, Objects.toString(e.getMessage(), "it was closed")),
                "see the network, and the log of the SSH server.",
                e);
    }

    /** Describes that somebody wants an end. */
    static TransportException interrupted(String host, Exception e) {
        return failure(
                ErrorCode.JOB_CANCELLED,
                "interrupted while talking to host '%s'".formatted(host),
                "repeat the command.",
                e);
    }

    /** Describes a data directory that is none. */
    static TransportException noDataDirectory(String host, String directory) {
        return failure(
                ErrorCode.HOST_FILES,
                "host '%s' has no data directory of PostgreSQL at '%s'".formatted(host, directory),
                "see whether 'ssh_command' and 'conninfo' lead to the same host.",
                null);
    }

    /** Describes a configuration file whose name is taken in the data directory. */
    static TransportException inTheWay(String host, String location) {
        return failure(
                ErrorCode.HOST_FILES,
                "host '%s' has '%s' beside a file of that name in its data directory".formatted(host, location),
                "remove the one in the data directory, which PostgreSQL does not use.",
                null);
    }

    /** Describes a file whose name is no text. */
    static TransportException unnameable(String host, String location) {
        return failure(
                ErrorCode.HOST_FILES,
                "host '%s' has a file whose name is not UTF-8: '%s'".formatted(host, location),
                "rename or remove it: PostgreSQL makes no such files.",
                null);
    }

    /** Returns whether there is nothing of that name. */
    static boolean isMissing(Exception e) {
        return e instanceof SftpException sftp && sftp.id == ChannelSftp.SSH_FX_NO_SUCH_FILE;
    }

    private static TransportException failure(ErrorCode code, String summary, String hint, @Nullable Exception cause) {
        return new TransportException(summary, code.retryable(), new MatriarchException(code, summary, hint, cause));
    }

    private static String reason(Exception e) {
        Throwable last = e;
        while (last.getCause() != null && last.getCause().getMessage() != null) {
            last = last.getCause();
        }
        return last instanceof IOException || last == e
                ? String.valueOf(last.getMessage())
                : "%s (%s)".formatted(e.getMessage(), last.getMessage());
    }
}
