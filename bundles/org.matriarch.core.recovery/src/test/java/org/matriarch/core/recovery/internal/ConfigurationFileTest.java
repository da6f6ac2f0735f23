package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ConfigurationFileTest {

    @Test
    void disarmsArchivingAndTargetsInEverySpelling() {
        String text = "archive_command = 'cp %p /a/%f'\n  Recovery_Target_Time '2026-01-01'\nrestore_command='x'\n";

        assertThat(ConfigurationFile.disarm(text, Set.of())).isEqualTo("""
                        #MATRIARCH# archive_command = 'cp %p /a/%f'
                        #MATRIARCH#   Recovery_Target_Time '2026-01-01'
                        #MATRIARCH# restore_command='x'
                        """);
    }

    @Test
    void leavesEverythingElse() {
        String text = "# archive_command = 'old'\narchive_mode = on\nport = 5432\n\narchive_command_note\n";

        assertThat(ConfigurationFile.disarm(text, Set.of())).isEqualTo(text);
    }

    @Test
    void appendsSettingsThatPostgresReadsBack() {
        assertThat(ConfigurationFile.append("port = 1", Map.of("recovery_target_name", "it's \\ here")))
                .isEqualTo("port = 1\nrecovery_target_name = 'it''s \\\\ here'\n");
        assertThat(ConfigurationFile.append("", Map.of("a", "b"))).isEqualTo("a = 'b'\n");
        assertThat(ConfigurationFile.append("x\n", Map.of("a", "b"))).isEqualTo("x\na = 'b'\n");
    }

    @Test
    void disarmsWhatLeadsToTheOriginalOrNowhere() {
        String text = """
                data_directory = '/var/lib/postgresql/16/main'\t# use data in another directory
                hba_file = '/etc/postgresql/16/main/pg_hba.conf'
                ident_file = '/etc/postgresql/16/main/pg_ident.conf'
                include_dir = 'conf.d'
                include_dir 'kept.d'\t# one that lies here
                include more/of.conf # which is not there
                include '/etc/shared.conf'
                include_if_exists = 'maybe.conf'
                """;

        assertThat(ConfigurationFile.disarm(text, Set.of("pg_hba.conf", "kept.d")))
                .isEqualTo("""
                #MATRIARCH# data_directory = '/var/lib/postgresql/16/main'\t# use data in another directory
                #MATRIARCH# hba_file = '/etc/postgresql/16/main/pg_hba.conf'
                ident_file = '/etc/postgresql/16/main/pg_ident.conf'
                #MATRIARCH# include_dir = 'conf.d'
                include_dir 'kept.d'\t# one that lies here
                #MATRIARCH# include more/of.conf # which is not there
                include '/etc/shared.conf'
                include_if_exists = 'maybe.conf'
                """);
        assertThat(ConfigurationFile.misleading(text, Set.of("conf.d", "kept.d", "more")))
                .containsExactly("data_directory = '/var/lib/postgresql/16/main'\t# use data in another directory");
    }

    @Test
    void findsWhatDeservesALook() {
        assertThat(ConfigurationFile.questionable("port = 1\n include_dir 'conf.d'\nhba_file='/etc/hba'\n"))
                .containsExactly("include_dir 'conf.d'", "hba_file='/etc/hba'");
    }
}
