package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What bin/matriarch gives access to: all commands of the product, none of the container's. */
final class CommandsITest {

    @Test
    void callsTheProductAlone() {
        try (Container container = Container.start()) {
            String help = container.ok("help").out();
            for (String command : new String[] {
                "server:check",
                "backup:create",
                "retention:plan",
                "maintenance:run",
                "wal:list",
                "replication:status",
                "job:list",
                "plugin:list"
            }) {
                assertThat(help).contains(command);
                assertThat(container.ok(command, "--help").out()).contains(command);
            }
            for (String command :
                    new String[] {"bundle:list", "shell:exec", "config:list", "nonsense:list", "nonsense"}) {
                assertThat(help).doesNotContain(command);
                Container.Result refused = container.run(command);
                assertThat(refused.exitCode()).as(command).isEqualTo(2);
                assertThat(refused.error()).startsWith("MATR-1003: unknown command '%s'".formatted(command));
            }
        }
    }
}
