package org.matriarch.http.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HttpDoorTest {

    @TempDir
    Path data;

    private HttpDoor door;

    @BeforeEach
    void openDoor() {
        door = new HttpDoor(new ScriptedRunner(), data.resolve("token"), Map.of());
    }

    @AfterEach
    void closeDoor() {
        door.close();
    }

    @Test
    void saysOnceWhatItRefuses() {
        List<String> lines = LogLines.ofRefusals(() -> {
            door.modify(Map.of("port", "many"));
            door.modify(Map.of("port", "many"));
            door.modify(Map.of("prot", "1"));
            door.modify(Map.of("prot", "1"));
        });

        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .contains("MATR-1001: etc/org.matriarch.http.cfg is refused: value 'many' of key 'port'")
                .endsWith("The last good values of the door for commands stay in force.");
        assertThat(lines.get(1))
                .contains("is refused: unknown key 'prot'; the keys are port, wal_port,")
                .endsWith("The last good values of both doors stay in force.");
    }

    @Test
    void saysItAgainAfterItWasCorrected() {
        List<String> lines = LogLines.ofRefusals(() -> {
            door.modify(Map.of("port", "many"));
            door.modify(Map.of("port", "0"));
            door.modify(Map.of("port", "many"));
        });

        assertThat(lines).hasSize(2);
    }

    @Test
    void leavesToTheOtherDoorWhatConcernsThatAlone() {
        assertThat(LogLines.ofRefusals(() -> door.modify(Map.of("wal_port", "many"))))
                .isEmpty();
    }
}
