package org.matriarch.shell.internal.wal;

import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;

/** A WAL file name as a word of a command. */
final class WalName {

    private WalName() {}

    static WalFileName require(String word) {
        return WalFileName.find(word)
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.NAME_INVALID,
                        "'%s' is not the name of a WAL file".formatted(word),
                        "give a name such as 000000010000000000000001 or 00000002.history."));
    }
}
