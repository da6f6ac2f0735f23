package org.matriarch.core.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.core.postgres.internal.ConnectionString.Host;

final class ConnectionStringTest {

    private static final LocalUser LOCAL = Configurations.nobody();

    @Test
    void fillsInTheDefaults() {
        ConnectionString connection = parse("");

        assertThat(connection.hosts()).containsExactly(new Host("localhost", Optional.empty(), 5432));
        assertThat(connection.user(LOCAL)).isEqualTo("nobody");
        assertThat(connection.database(LOCAL)).isEqualTo("nobody");
        assertThat(connection.tlsMode()).isEqualTo(TlsMode.PREFER);
        assertThat(connection.sessionKind()).isEqualTo(SessionKind.ANY);
        assertThat(connection.channelBinding()).isEqualTo("prefer");
        assertThat(connection.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void readsKeywordsWithBlanksQuotesAndEscapes() {
        ConnectionString connection =
                parse(" host = db\tuser='it\\'s \\\\me' password=a\\ b dbname='' port=5433 port=5434 ");

        assertThat(connection.hosts()).containsExactly(new Host("db", Optional.empty(), 5434));
        assertThat(connection.find("user")).contains("it's \\me");
        assertThat(connection.find("password")).contains("a b");
        assertThat(connection.find("dbname")).isEmpty();
    }

    @Test
    void keepsABackslashAtTheEnd() {
        assertThat(parse("user=a\\").find("user")).contains("a\\");
    }

    @Test
    void readsSeveralHostsWithAddressesAndPorts() {
        ConnectionString connection = parse("host=a,b,, hostaddr=10.0.0.1,,::1, port=1,2,,4");

        assertThat(connection.hosts())
                .containsExactly(
                        new Host("a", Optional.of("10.0.0.1"), 1),
                        new Host("b", Optional.empty(), 2),
                        new Host("::1", Optional.of("::1"), 5432),
                        new Host("localhost", Optional.empty(), 4));
        assertThat(connection.hosts().get(0).target()).isEqualTo("10.0.0.1");
        assertThat(connection.hosts().get(2)).hasToString("[::1]:5432");
        assertThat(parse("host=a,b port=7").hosts()).extracting(Host::port).containsExactly(7, 7);
        assertThat(parse("hostaddr=10.0.0.1").hosts())
                .containsExactly(new Host("10.0.0.1", Optional.of("10.0.0.1"), 5432));
    }

    @Test
    void readsUris() {
        ConnectionString connection = parse(
                "postgresql://us%65r:p%40ss%3A@[2001:db8::1]:5433,second,:7/da%20ta?sslmode=require&application_name=x%3Dy");

        assertThat(connection.hosts())
                .containsExactly(
                        new Host("2001:db8::1", Optional.empty(), 5433),
                        new Host("second", Optional.empty(), 5432),
                        new Host("localhost", Optional.empty(), 7));
        assertThat(connection.find("user")).contains("user");
        assertThat(connection.find("password")).contains("p@ss:");
        assertThat(connection.find("dbname")).contains("da ta");
        assertThat(connection.tlsMode()).isEqualTo(TlsMode.REQUIRE);
        assertThat(connection.find("application_name")).contains("x=y");
    }

    @Test
    void readsShortUris() {
        assertThat(parse("postgres://").hosts()).extracting(Host::host).containsExactly("localhost");
        assertThat(parse("postgres:///db?").find("dbname")).contains("db");
        assertThat(parse("postgres://h?user=u&ssl=true").tlsMode()).isEqualTo(TlsMode.REQUIRE);
        assertThat(parse("postgres://h?user=u").find("user")).contains("u");
        assertThat(parse("postgres://@h/").find("user")).isEmpty();
        assertThat(parse("postgres://u:@h/").find("password")).isEmpty();
        assertThat(parse("postgres://:p?w@h/").find("password")).contains("p?w");
        assertThat(parse("postgres://h/a@b").find("dbname")).contains("a@b");
        assertThat(parse("postgres://[::1]/").hosts()).extracting(Host::host).containsExactly("::1");
    }

    @Test
    void neverShowsASecret() {
        ConnectionString connection =
                parse("host=db user='a b' password=hunter2 sslpassword=hunter3 options='' passfile=\"/a'b");

        assertThat(connection.masked())
                .isEqualTo("host=db user='a b' password=******** sslpassword=******** options='' passfile='\"/a\\'b'");
        assertThat(connection).hasToString(connection.masked());
        assertThat(connection.subject()).isEqualTo("conninfo of server 'main'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "hots=db | keyword 'hots' is not known",
                "sslcrl=x | keyword 'sslcrl' is not known",
                "host=/var/run | host '/var/run' is the directory of a Unix-domain socket",
                "host=@abstract | host '@abstract' is the directory of a Unix-domain socket",
                "port=0 | port '0' is not allowed",
                "port=65536 | port '65536' is not allowed",
                "port=x | port 'x' is not allowed",
                "host=a,b port=1,2,3 | port has 3 values for 2 hosts",
                "host=a,b hostaddr=10.0.0.1 | host names 2 places and hostaddr 1",
                "sslmode=on | sslmode 'on' is not allowed",
                "sslrootcert=system sslmode=require | sslmode 'require' is not allowed",
                "target_session_attrs=master | target_session_attrs 'master' is not allowed",
                "channel_binding=yes | channel_binding 'yes' is not allowed",
                "gssencmode=require | gssencmode 'require' is not allowed",
                "connect_timeout=soon | connect_timeout 'soon' is not allowed"
            })
    void refusesWhatItCannotUse(String text, String reason) {
        assertThatThrownBy(() -> parse(text)).isInstanceOfSatisfying(MatriarchException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID);
            assertThat(e.summary()).isEqualTo("unable to use conninfo of server 'main': " + reason);
            assertThat(e.hint()).endsWith(".");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host",
                "host db",
                "host='db",
                "postgres://[::1",
                "postgres://h?user",
                "postgres://h/%4",
                "postgres://h/%zz",
                "postgres://h/%00"
            })
    void refusesWhatItCannotRead(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(MatriarchException.class)
                .hasMessageContaining("unable to read conninfo of server 'main': ");
    }

    @Test
    void givesNoPartOfAnUnreadablePasswordAway() {
        assertThatThrownBy(() -> parse("password=hunter 2 user=x"))
                .hasMessageContaining("'=' is missing after the word at position 17")
                .hasMessageNotContaining("hunter");
    }

    @Test
    void trustsTheSystemOnlyWithTheNameVerified() {
        assertThat(parse("sslrootcert=system").tlsMode()).isEqualTo(TlsMode.VERIFY_FULL);
        assertThat(parse("sslrootcert=system").systemTrust()).isTrue();
        assertThat(parse("sslrootcert=/file").systemTrust()).isFalse();
        assertThat(parse("sslrootcert=/file").findFile("sslrootcert")).isPresent();
    }

    @Test
    void limitsTimeAsLibpqDoes() {
        assertThat(parse("connect_timeout=1").connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(parse("connect_timeout=30").connectTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(parse("connect_timeout=0").connectTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void acceptsSessionsByKind() {
        assertThat(SessionKind.ANY.accepts(true, true)).isTrue();
        assertThat(SessionKind.READ_WRITE.accepts(true, false)).isFalse();
        assertThat(SessionKind.READ_ONLY.accepts(true, false)).isTrue();
        assertThat(SessionKind.PRIMARY.accepts(false, true)).isFalse();
        assertThat(SessionKind.PRIMARY.accepts(false, false)).isTrue();
        assertThat(SessionKind.STANDBY.accepts(true, true)).isTrue();
        assertThat(SessionKind.READ_WRITE.accepts(false, false)).isTrue();
    }

    private static ConnectionString parse(String text) {
        return ConnectionString.parse("conninfo of server 'main'", text);
    }
}
