package org.matriarch.api.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class PostgresExceptionTest {

    @Test
    void joinsWhatTheServerSaidToOneSentence() {
        assertThat(reason(
                        "ERROR: permission denied to execute CHECKPOINT command\n  Detail: Only roles with privileges of"
                                + " the \"pg_checkpoint\" role may execute this command."))
                .isEqualTo("permission denied to execute CHECKPOINT command; Only roles with privileges of the"
                        + " \"pg_checkpoint\" role may execute this command");
        assertThat(reason("ERROR: a\n  Detail: b.\n  Hint: c.\n  Position: 8")).isEqualTo("a; b; c");
        assertThat(reason("FEHLER: keine Berechtigung f\u00fcr Funktion x\n  Wobei: y\nz"))
                .isEqualTo("keine Berechtigung f\u00fcr Funktion x; y z");
    }

    @Test
    void leavesTheWordsOfTheDriverAlone() {
        assertThat(reason("The connection attempt failed.")).isEqualTo("The connection attempt failed");
        assertThat(reason("Something failed: x")).isEqualTo("Something failed: x");
    }

    private static String reason(String message) {
        return PostgresException.reason(new SQLException(message));
    }
}
