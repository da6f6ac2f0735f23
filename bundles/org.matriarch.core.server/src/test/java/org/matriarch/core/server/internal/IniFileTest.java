package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;

/** Files as Python's configparser reads them; each was looked at with Python. */
final class IniFileTest {

    @Test
    void readsSectionsOptionsAndComments() {
        IniFile ini = read("""
                ; both are comments
                # of a whole line
                [barman]
                Barman_Home = /var/lib/barman
                log_level: INFO
                conninfo = host=pg user=barman ; no comment
                empty =
                [pg] what follows is nothing
                  description = 'Main'
                """);

        assertThat(ini.names()).containsExactly("barman", "pg");
        assertThat(ini.section("barman"))
                .containsExactly(
                        entry("barman_home", "/var/lib/barman"),
                        entry("log_level", "INFO"),
                        entry("conninfo", "host=pg user=barman ; no comment"),
                        entry("empty", ""));
        assertThat(ini.section("pg")).containsExactly(entry("description", "'Main'"));
        assertThat(ini.section("other")).isEmpty();
    }

    @Test
    void readsValuesThatGoOn() {
        IniFile ini = read("""
                [pg]
                pre_backup_script = one
                    # a comment between
                    two

                    three

                next = x
                """);

        assertThat(ini.section("pg"))
                .containsExactly(entry("pre_backup_script", "one\ntwo\n\nthree"), entry("next", "x"));
    }

    @Test
    void takesTheLastOfSeveralValues() {
        IniFile ini = read("[pg]\na = 1\n[other]\n[pg]\nb = 2\na = 3\n");
        ini.read("more", "[pg]\nb = 4\n[DEFAULT]\nc = 5\n");

        assertThat(ini.section("pg")).containsExactly(entry("a", "3"), entry("b", "4"));
        assertThat(ini.names()).containsExactly("pg", "other");
        assertThat(ini.section(IniFile.DEFAULT)).containsExactly(entry("c", "5"));
    }

    @Test
    void refusesLinesThatPythonRefuses() {
        assertThatThrownBy(() -> read("[pg]\na = 1\nb\n"))
                .hasMessage("MATR-1001: unable to read 'x.conf': line 3 is neither a section nor NAME = VALUE in one\n"
                        + "HINT: correct the line; Barman does not start with it either.");
        assertThatThrownBy(() -> read("a = 1\n")).hasMessageContaining("line 1");
        assertThatThrownBy(() -> read("[pg]\n= 1\n")).hasMessageContaining("line 2");
    }

    private static IniFile read(String text) {
        var ini = new IniFile();
        ini.read("x.conf", text);
        return ini;
    }
}
