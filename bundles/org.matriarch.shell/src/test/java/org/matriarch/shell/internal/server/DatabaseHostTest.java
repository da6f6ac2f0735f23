package org.matriarch.shell.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.matriarch.api.wal.WalDoor;
import org.matriarch.shell.internal.command.ScriptedServices;

final class DatabaseHostTest {

    @Test
    void printsWhatIsToBePasted() {
        Object json = DatabaseHost.of(services(Optional.empty()), "main").json();

        assertThat(json)
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry(
                        "archiveCommand",
                        "/usr/local/bin/matriarch-wal-push --url http://127.0.0.1:7681 --token-file /etc/matriarch/main.token main %p")
                .containsEntry(
                        "restoreCommand",
                        "/usr/local/bin/matriarch-wal-fetch --url http://127.0.0.1:7681 --token-file /etc/matriarch/main.token"
                                + " --parallel 4 main %f %p")
                .containsEntry("problem", null);
    }

    @Test
    void printsLinesForTheConfigurationOfPostgres() {
        assertThat(DatabaseHost.of(services(Optional.empty()), "main").settings())
                .containsExactly(
                        "archive_command = '/usr/local/bin/matriarch-wal-push --url http://127.0.0.1:7681"
                                + " --token-file /etc/matriarch/main.token main %p'",
                        "restore_command = '/usr/local/bin/matriarch-wal-fetch --url http://127.0.0.1:7681"
                                + " --token-file /etc/matriarch/main.token --parallel 4 main %f %p'");
        assertThat(DatabaseHost.of(new ScriptedServices(), "main").settings()).isEmpty();
    }

    @Test
    void namesTheCertificate() {
        Object json = DatabaseHost.of(services(Optional.of(Path.of("/etc/tls/door.crt"))), "main")
                .json();

        assertThat(json.toString())
                .contains("certificate=/etc/tls/door.crt", "--cacert /etc/matriarch/matriarch.crt main %p");
    }

    @Test
    void saysWhyThereIsNothingToPaste() {
        Object json = DatabaseHost.of(new ScriptedServices(), "main").json();

        assertThat(json.toString()).contains("problem=").contains("archiveCommand=null");
    }

    private static ScriptedServices services(Optional<Path> certificate) {
        return new ScriptedServices().with(WalDoor.class, new WalDoor() {
            @Override
            public String url() {
                return "http://127.0.0.1:7681";
            }

            @Override
            public Optional<Path> certificate() {
                return certificate;
            }

            @Override
            public Path tokenFile(String server) {
                return Path.of("/srv/matriarch/tokens", server + ".token");
            }
        });
    }
}
