package org.matriarch.core.postgres.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of an answer, in text form. */
final class RowSet {

    private final List<byte[] @Nullable []> rows = new ArrayList<>();

    /** Takes the DataRow that the reader shows. */
    void add(MessageReader reader) throws WireProtocolException {
        int count = reader.byteAt(0) << 8 | reader.byteAt(1);
        byte[] @Nullable [] row = new byte[count][];
        int index = 2;
        for (int i = 0; i < count; i++) {
            int length = reader.intAt(index);
            index += 4;
            if (length >= 0) {
                row[i] = reader.bytesAt(index, length);
                index += length;
            }
        }
        rows.add(row);
    }

    int size() {
        return rows.size();
    }

    /** Returns the bytes of a value; empty for NULL. */
    Optional<byte[]> findBytes(int row, int column) throws WireProtocolException {
        if (row >= rows.size() || column >= rows.get(row).length) {
            throw new WireProtocolException(
                    "row %d, column %d is missing in the answer".formatted(row + 1, column + 1));
        }
        return Optional.ofNullable(rows.get(row)[column]);
    }

    /** Returns a value as text; empty for NULL. */
    Optional<String> find(int row, int column) throws WireProtocolException {
        return findBytes(row, column).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** Returns a value that cannot be NULL. */
    String text(int row, int column) throws WireProtocolException {
        Optional<String> text = find(row, column);
        if (text.isEmpty()) {
            throw new WireProtocolException("row %d, column %d is NULL in the answer".formatted(row + 1, column + 1));
        }
        return text.get();
    }
}
