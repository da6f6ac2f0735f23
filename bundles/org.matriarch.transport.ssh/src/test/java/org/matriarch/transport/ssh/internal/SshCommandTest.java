package org.matriarch.transport.ssh.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads commands as ssh does. */
class SshCommandTest {

    @Test
    void readsAHost() {
        SshCommand command = SshCommand.parse("ssh postgres@pg");

        assertThat(command.host()).isEqualTo("pg");
        assertThat(command.user()).contains("postgres");
        assertThat(command.options()).isEmpty();
        assertThat(command.identityFiles()).isEmpty();
    }

    @Test
    void readsOptionsBeforeAndAfterTheHost() {
        SshCommand command = SshCommand.parse(
                "/usr/bin/ssh -qTp 2222 -o BatchMode=yes -oConnectTimeout=5 pg -l postgres -i ~/.ssh/a -i 'b c' -C -F /etc/x");

        assertThat(command.host()).isEqualTo("pg");
        assertThat(command.user()).contains("postgres");
        assertThat(command.option("port")).contains("2222");
        assertThat(command.option("batchmode")).contains("yes");
        assertThat(command.option("connecttimeout")).contains("5");
        assertThat(command.option("compression")).contains("yes");
        assertThat(command.identityFiles()).containsExactly("~/.ssh/a", "b c");
        assertThat(command.configFile()).contains("/etc/x");
    }

    @Test
    void takesWordsAsTheyAre() {
        SshCommand command = SshCommand.parse("ssh  \"a b\"'c d'\\ e@pg -i \"$(touch owned)\"");

        assertThat(command.user()).contains("a bc d e");
        assertThat(command.identityFiles()).containsExactly("$(touch owned)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                 | it does not begin with 'ssh'
            scp pg             | it does not begin with 'ssh'
            ssh                | it names no host
            ssh -p             | option '-p' has no value
            ssh -J gate pg     | option '-J' is not supported
            ssh -o Port pg     | '-o Port' has no value
            ssh pg ls          | 'ls' follows the host
            ssh 'pg            | a quote in it is not closed
            ssh postgres@      | '' is not the name of a host
            """)
    void saysWhatIsWrong(String command, String why) {
        assertThatThrownBy(() -> SshCommand.parse(command == null ? "" : command))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(why);
    }
}
