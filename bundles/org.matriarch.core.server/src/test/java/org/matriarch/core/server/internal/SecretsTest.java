package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SecretsTest {

    @Test
    void hidesPasswordsOfEveryNotation() {
        assertThat(Secrets.mask("host=pg password=geheim user=u")).isEqualTo("host=pg password=*** user=u");
        assertThat(Secrets.mask("password = 'ge\\'h eim' user=u")).isEqualTo("password = *** user=u");
        assertThat(Secrets.mask("PASSWORD='unclosed quote")).isEqualTo("PASSWORD=***");
        assertThat(Secrets.mask("password=with\\ blank user=u")).isEqualTo("password=*** user=u");
        assertThat(Secrets.mask("sslkey=k sslpassword=geheim")).isEqualTo("sslkey=k sslpassword=***");
        assertThat(Secrets.mask("postgresql://u:geheim@pg:5432/db?sslmode=require"))
                .isEqualTo("postgresql://u:***@pg:5432/db?sslmode=require");
        assertThat(Secrets.mask("postgres://u:ge@heim@pg/db")).isEqualTo("postgres://u:***@pg/db");
        assertThat(Secrets.mask("postgresql://pg/db?user=u&password=geheim&sslmode=require"))
                .isEqualTo("postgresql://pg/db?user=u&password=***&sslmode=require");
    }

    @Test
    void leavesTheRestAlone() {
        assertThat(Secrets.mask("host=pg user=u passfile=/x/.pgpass")).isEqualTo("host=pg user=u passfile=/x/.pgpass");
        assertThat(Secrets.mask("postgresql://pg:5432/db")).isEqualTo("postgresql://pg:5432/db");
        assertThat(Secrets.mask("5 MINUTES")).isEqualTo("5 MINUTES");
    }
}
