package org.matriarch.transport.rsync.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.TransportException;

/** Reads {@code ssh_command} and writes it as rsync reads it. */
class RsyncHostTest {

    private static final String DEFAULTS =
            " -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveCountMax=3 -o ServerAliveInterval=20";

    @Test
    void passesTheCommandOnWithoutTheHost() throws TransportException {
        RsyncHost host = host("ssh -4 -p 2222 -oServerAliveInterval=5 -o 'batchmode no' postgres@pg");

        assertThat(host.name()).isEqualTo("pg");
        assertThat(host.root()).isEqualTo("postgres@pg:/");
        assertThat(host.remoteShell())
                .isEqualTo("ssh -4 -p 2222 -oServerAliveInterval=5 -o 'batchmode no' -o ConnectTimeout=30"
                        + " -o ServerAliveCountMax=3");
        assertThat(host.command("true")).endsWith("postgres@pg", "true");
    }

    @Test
    void takesOptionsAfterTheHostToo() throws TransportException {
        RsyncHost host = host("/usr/bin/ssh pg -l postgres -J gate");

        assertThat(host.root()).isEqualTo("pg:/");
        assertThat(host.remoteShell()).isEqualTo("/usr/bin/ssh -l postgres -J gate" + DEFAULTS);
    }

    @Test
    void protectsWordsFromRsyncAlone() throws TransportException {
        assertThat(host("ssh -i \"it's $(touch x)\" -F '' ::1").remoteShell())
                .isEqualTo("ssh -i 'it''s $(touch x)' -F ''" + DEFAULTS);
        assertThat(host("ssh ::1").root()).isEqualTo("[::1]:/");
    }

    @Test
    void addsNothingToAnotherProgram() throws TransportException {
        assertThat(host("/opt/way --to x pg").remoteShell()).isEqualTo("/opt/way --to x");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ssh                | it names no host
            ssh -p 22          | it names no host
            ssh pg ls          | 'ls' follows the host
            ssh 'pg            | a quote in it is not closed
            ssh postgres@      | '' is not the name of a host
            ssh a/b            | 'a/b' is not the name of a host
            ssh x@-oProxyCommand=y | '-oProxyCommand=y' is not the name of a host
            ssh -4N pg         | with option '-N' nothing can be copied
            """)
    void saysWhatIsWrong(String command, String why) {
        assertThatThrownBy(() -> host(command))
                .isInstanceOf(TransportException.class)
                .hasMessage("unable to read ssh_command '%s': %s".formatted(command, why));
    }

    private static RsyncHost host(String command) throws TransportException {
        return RsyncHost.of(new CopyHost(command, false));
    }
}
