package org.matriarch.core.wal.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.matriarch.api.model.WalFileName;
import org.matriarch.core.wal.internal.Queued.Origin;

/** What waits to be archived at one moment, from every directory, in the order in which it shall be. */
final class ArchiveQueue {

    /** Files of one segment, or of one history: archived one after the other. */
    record Group(List<Queued> files) {

        boolean isHistory() {
            return files.get(0).name().kind() == WalFileName.Kind.HISTORY;
        }
    }

    private final TreeMap<String, Group> groups = new TreeMap<>();

    /**
     * Lists what is there.
     *
     * @param closed the incomplete segments that nothing more will come for
     */
    ArchiveQueue(
            List<WalFileName> streaming,
            Predicate<WalFileName> closed,
            List<WalFileName> pushed,
            List<WalFileName> incoming) {
        for (WalFileName name : streaming) {
            if (name.kind() != WalFileName.Kind.PARTIAL || closed.test(name)) {
                add(new Queued(name, Origin.STREAMING));
            }
        }
        // What we have answered for goes before what only lies there: of two that differ the first is archived.
        pushed.stream().sorted().forEach(name -> add(new Queued(name, Origin.PUSHED)));
        incoming.stream().sorted().forEach(name -> add(new Queued(name, Origin.INCOMING)));
    }

    private void add(Queued file) {
        groups.computeIfAbsent(key(file.name()), each -> new Group(new ArrayList<>(1)))
                .files()
                .add(file);
    }

    private static String key(WalFileName name) {
        return name.kind() == WalFileName.Kind.HISTORY
                ? name.value()
                : name.segment().value();
    }

    boolean contains(WalFileName name) {
        Group group = groups.get(key(name));
        return group != null
                && group.files().stream().anyMatch(file -> file.name().equals(name));
    }

    /** Returns the histories to archive now: recovery must find them before the WAL of their timelines. */
    List<Group> histories(Setbacks setbacks) {
        return inOrder(setbacks, Group::isHistory);
    }

    /** Returns everything else to archive now. What failed before comes last, lest it keep others waiting for ever. */
    List<Group> others(Setbacks setbacks) {
        return inOrder(setbacks, group -> !group.isHistory());
    }

    private List<Group> inOrder(Setbacks setbacks, Predicate<Group> wanted) {
        return groups.values().stream()
                .filter(wanted)
                .filter(group -> group.files().stream().allMatch(file -> setbacks.isDue(file.name())))
                .sorted(Comparator.comparing(
                        group -> group.files().stream().anyMatch(file -> setbacks.contains(file.name()))))
                .toList();
    }
}
