package org.matriarch.core.backup.internal;

import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.transport.CopyHost;

/** The host of a server, as its configuration says it is reached. */
final class ConfiguredHost {

    private ConfiguredHost() {}

    /**
     * Returns how the host is reached.
     *
     * @throws MatriarchException {@code CONFIGURATION_INVALID} if nobody has configured that
     */
    static CopyHost of(ServerConfiguration server) {
        String command = server.copy().sshCommand().orElse("");
        if (command.isEmpty()) {
            throw new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "unable to back up server '%s': backup_method '%s' needs 'ssh_command'"
                            .formatted(server.name(), server.backup().method()),
                    "set 'ssh_command = ssh postgres@HOST' in etc/org.matriarch.server-%s.cfg."
                            .formatted(server.name()));
        }
        return new CopyHost(command, server.copy().networkCompression());
    }
}
