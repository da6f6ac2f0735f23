package org.matriarch.core.catalog.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;

final class BackupSelectorTest {

    private final List<Backup> backups = List.of(
            Fixtures.backup(1, BackupStatus.FAILED),
            Fixtures.backup(2, BackupStatus.DONE, 1, 1, 2),
            Fixtures.named(Fixtures.backup(3, BackupStatus.DONE, 1, 3, 4), "before-upgrade"),
            Fixtures.childOf(Fixtures.backup(4, BackupStatus.DONE, 1, 5, 6), Fixtures.id(3)),
            Fixtures.backup(5, BackupStatus.FAILED),
            Fixtures.backup(6, BackupStatus.WAITING_FOR_WALS, 1, 7, 8));

    private final BackupSelector selector = new BackupSelector("main", backups);

    @ParameterizedTest
    @CsvSource({
        "latest, 6",
        "last, 6",
        "oldest, 2",
        "first, 2",
        "latest-full, 6",
        "last-full, 6",
        "last-failed, 5",
        "before-upgrade, 3",
        "20261106T030000, 6"
    })
    void findsWhatTheSelectorMeans(String text, int day) {
        assertThat(selector.require(text).id()).isEqualTo(Fixtures.id(day));
    }

    @ParameterizedTest
    @CsvSource({"latest, 4", "last, 4", "oldest, 2", "latest-full, 3", "last-failed, 5", "20261106T030000, 6"})
    void findsWhatCanBeRestored(String text, int day) {
        assertThat(selector.requireRestorable(text).id()).isEqualTo(Fixtures.id(day));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026", "20261106", "20261106T0300", "20261106T0300001", " ", "a/b", "a\tb"})
    void refusesWhatCanBeNoBackup(String text) {
        assertThatThrownBy(() -> selector.require(text))
                .isInstanceOfSatisfying(
                        MatriarchException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NAME_INVALID))
                .hasMessageContaining("'%s' is neither the id nor the name of a backup".formatted(text));
    }

    @Test
    void namesTheNewestWhenOneIsUnknown() {
        assertThatThrownBy(() -> selector.require("nonsense"))
                .hasMessage(
                        "MATR-4003: server 'main' has no backup 'nonsense'%nHINT: the newest are 20261106T030000, "
                                + "20261105T030000, 20261104T030000; 'backup:list main' shows all.",
                        new Object[0]);
        assertThatThrownBy(() -> new BackupSelector("main", List.of()).require("latest"))
                .hasMessage(
                        "MATR-4003: no backup of server 'main' is 'latest'%n"
                                + "HINT: take the first one with 'backup:create main'.",
                        new Object[0]);
    }
}
