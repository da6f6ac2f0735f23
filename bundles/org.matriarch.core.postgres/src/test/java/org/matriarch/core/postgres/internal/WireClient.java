package org.matriarch.core.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.matriarch.core.postgres.internal.ScriptedPostgres.text;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.postgres.ReplicationConnection;

/** The client under test, as the tests of the wire protocol use it. */
final class WireClient {

    private WireClient() {}

    static void assertFails(ThrowingCallable call, ErrorCode code, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MatriarchException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text);
    }

    static ReplicationConnection open(ScriptedPostgres server) {
        return open(server.conninfo());
    }

    static ReplicationConnection open(String conninfo) {
        return new PostgresClient(Configurations.nobody()).openReplication(Configurations.of(conninfo), "test");
    }
}
