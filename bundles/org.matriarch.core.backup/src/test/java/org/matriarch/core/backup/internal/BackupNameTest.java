package org.matriarch.core.backup.internal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BackupNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"x", "before upgrade", "vor-Änderung", "2026-11-20", "a.b:c_d"})
    void takesPrintableNames(String name) {
        BackupName.requireUsable(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "LAST", "oldest", "first", "latest-full", "last-failed", "auto", "all"})
    void refusesWordsThatSelect(String name) {
        assertThatThrownBy(() -> BackupName.requireUsable(name))
                .hasMessageStartingWith(
                        "MATR-1003: unable to call a backup '%s': the word is reserved".formatted(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"20261120T120000", "2026", "20261120"})
    void refusesWhatLooksLikeAnId(String name) {
        assertThatThrownBy(() -> BackupName.requireUsable(name)).hasMessageContaining("it looks like a backup id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-x", " x", "x ", "a/b", "a\nb", "a\u2028b"})
    void refusesWhatCannotBePrintedOrTyped(String name) {
        assertThatThrownBy(() -> BackupName.requireUsable(name))
                .hasMessageContaining("it is not a name of 1 to 100 printable characters");
    }

    @Test
    void refusesLongNames() {
        assertThatThrownBy(() -> BackupName.requireUsable("x".repeat(101)))
                .hasMessageContaining("it is not a name of 1 to 100 printable characters");
    }
}
