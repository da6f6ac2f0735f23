package org.matriarch.core.repository.internal;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.matriarch.api.repository.WalEntry;

/** The lines of an index as entries, each made when it is asked for. */
final class WalEntries extends AbstractList<WalEntry> implements RandomAccess {

    private final List<WalLine> lines;

    WalEntries(List<WalLine> lines) {
        this.lines = lines;
    }

    @Override
    public WalEntry get(int index) {
        return lines.get(index).toEntry();
    }

    @Override
    public int size() {
        return lines.size();
    }
}
