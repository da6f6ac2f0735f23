package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings("JdkObsolete") // the only Dictionary there is
final class ConfigurationTextTest {

    @Test
    void leavesUnsetWhatIsNone() {
        var text = ConfigurationText.of(
                "pid",
                new Hashtable<>(Map.of("retention_policy", "None", "slot_name", "none", "ssh_command", "'None'")));

        assertThat(text.values()).isEqualTo(Map.of("retention_policy", "", "slot_name", "none", "ssh_command", ""));
    }

    @Test
    void keepsWhatTheOperatorWroteOnly() {
        var text = ConfigurationText.of(
                "pid",
                new Hashtable<>(Map.of(
                        "service.pid", "org.matriarch.server~main",
                        "felix.fileinstall.filename", "file:/etc/org.matriarch.server-my-db.cfg",
                        "org.apache.karaf.features.configKey", "x",
                        " conninfo ", " \"host=pg user='u'\" ",
                        "description", "'it's'",
                        "slot_name", "\"",
                        "parallel_jobs", 2,
                        "recovery_options", new String[] {"get-wal", "x"},
                        "other", List.of("a", "b"))));

        assertThat(text.file()).isEqualTo("org.matriarch.server-my-db.cfg");
        assertThat(text.location()).isEqualTo("file:/etc/org.matriarch.server-my-db.cfg");
        assertThat(text.values())
                .isEqualTo(Map.of(
                        "conninfo", "host=pg user='u'",
                        "description", "'it's'",
                        "slot_name", "\"",
                        "parallel_jobs", "2",
                        "recovery_options", "get-wal,x",
                        "other", "a,b"));
    }

    @Test
    void takesTheServersNameFromTheFileOrElseFromThePid() {
        assertThat(named("file:/etc/org.matriarch.server-my-db.cfg", "org.matriarch.server~x"))
                .isEqualTo("my-db");
        assertThat(named("file:/etc/org.matriarch.server~a.config", "org.matriarch.server~x"))
                .isEqualTo("a");
        assertThat(named("", "org.matriarch.server~x")).isEqualTo("x");
        assertThat(named("file:/etc/", "org.matriarch.server.1234")).isEqualTo("1234");
        assertThat(named("", "strange")).isEqualTo("strange");
    }

    private static String named(String location, String pid) {
        var properties = new Hashtable<String, Object>();
        if (!location.isEmpty()) {
            properties.put("felix.fileinstall.filename", location);
        }
        return ConfigurationText.of(pid, properties).server(pid);
    }
}
