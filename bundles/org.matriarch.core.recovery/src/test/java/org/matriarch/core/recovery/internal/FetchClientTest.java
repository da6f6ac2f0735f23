package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FetchClientTest {

    @TempDir
    private Path directory;

    @BeforeEach
    void install() throws Exception {
        Files.createDirectories(directory.resolve("bin"));
        Files.writeString(directory.resolve("bin/matriarch-wal-fetch"), "#!/bin/sh\n");
    }

    @Test
    void runsWhatLiesInTheDataDirectory() {
        assertThat(FetchClient.command("main", false))
                .isEqualTo("sh pgsql_tmp.matriarch/matriarch-wal-fetch --config pgsql_tmp.matriarch/client.conf"
                        + " --parallel 4 --partial --wait 300 main %f %p");
    }

    @Test
    void stopsNoStandby() {
        assertThat(FetchClient.command("main", true)).endsWith(" --parallel 4 --partial --standby main %f %p");
    }

    @Test
    void bringsScriptAddressAndToken() throws Exception {
        var client = new FetchClient(directory, () -> new OpenWalDoor(directory, Optional.empty()));

        assertThat(client.files("main")).containsOnlyKeys("matriarch-wal-fetch", "client.conf");
        assertThat(client.files("main").get("matriarch-wal-fetch")).asString().isEqualTo("#!/bin/sh\n");
        assertThat(client.files("main").get("client.conf"))
                .asString()
                .isEqualTo("url=http://127.0.0.1:7681\ntoken=token of main\n");
    }

    @Test
    void bringsTheCertificateByWhichTheContainerIsKnown() throws Exception {
        Path certificate = Files.writeString(directory.resolve("door.crt"), "certificate");
        var client = new FetchClient(directory, () -> new OpenWalDoor(directory, Optional.of(certificate)));

        assertThat(client.files("main").get("certificate.pem")).asString().isEqualTo("certificate");
        assertThat(client.files("main").get("client.conf"))
                .asString()
                .endsWith("\ncacert=pgsql_tmp.matriarch/certificate.pem\n");
    }
}
