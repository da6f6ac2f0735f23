package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalFilter;
import org.matriarch.api.wal.WalListing;
import org.matriarch.api.wal.WalSwitch;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Hands out WAL from the archive and from what waits to be archived. */
@Component
public final class WalLibrary implements WalFiles {

    private static final Duration POLL = Duration.ofMillis(100);

    private final Servers servers;
    private final Repositories repositories;
    private final WalSwitcher switcher;
    private final SegmentSizes segmentSizes = new SegmentSizes();

    /** Keeps the services that it reads from. */
    @Activate
    public WalLibrary(
            @Reference Servers servers,
            @Reference Repositories repositories,
            @Reference PostgresConnections connections) {
        this.servers = servers;
        this.repositories = repositories;
        this.switcher = new WalSwitcher(connections);
    }

    /** A server's WAL, in the archive and on the way to it. */
    private record Shelf(
            Repository repository,
            WalArchive archive,
            StreamingDirectory directory,
            PushedDirectory pushed,
            IncomingDirectory incoming) {

        /** Returns whether a whole file is there. */
        boolean holds(WalFileName name) {
            // In this order: a file goes from the directories to the archive, never back.
            return directory.contains(name) || pushed.contains(name) || isCopied(name) || archive.contains(name);
        }

        /** Returns whether somebody has copied a file to us: whole, and the one that its name says. */
        boolean isCopied(WalFileName name) {
            Path file = incoming.path(name);
            try {
                return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && WalContent.isWhole(name, file)
                        && WalContent.mismatch(name, file, repository.identity(), Optional.empty())
                                .isEmpty();
            } catch (IOException e) {
                return false; // archived by now, or not to be read: then it cannot be served
            }
        }
    }

    private Shelf shelf(String server) {
        ServerConfiguration configuration = servers.requireServer(server);
        Repository repository = repositories.repository(configuration);
        var disk = new LocalDisk();
        return new Shelf(
                repository,
                repository.wal(),
                new StreamingDirectory(configuration.home(), disk),
                new PushedDirectory(configuration.home(), disk),
                new IncomingDirectory(configuration.home(), disk));
    }

    private SegmentNumbers numbers(Shelf shelf) {
        return new SegmentNumbers(segmentSizes.of(shelf.repository(), shelf.directory()));
    }

    @Override
    public InputStream open(String server, WalFileName name, boolean partial) {
        Shelf shelf = shelf(server);
        Optional<InputStream> found = find(shelf, name);
        if (found.isEmpty() && partial && name.isSegment()) {
            // A segment that is completed between two looks is found whole by the last one.
            found = find(shelf, name.partial()).or(() -> find(shelf, name));
        }
        return found.orElseThrow(() -> missing(server, name, partial));
    }

    private static Optional<InputStream> find(Shelf shelf, WalFileName name) {
        return archived(shelf, name)
                .or(() -> waiting(name, shelf.directory().path(name)))
                .or(() -> waiting(name, shelf.pushed().path(name)))
                .or(() -> shelf.isCopied(name) ? waiting(name, shelf.incoming().path(name)) : Optional.empty())
                .or(() -> archived(shelf, name));
    }

    private static Optional<InputStream> archived(Shelf shelf, WalFileName name) {
        return shelf.archive().contains(name) ? Optional.of(shelf.archive().open(name)) : Optional.empty();
    }

    private static Optional<InputStream> waiting(WalFileName name, Path file) {
        try {
            return Optional.of(Files.newInputStream(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw DiskFailure.of("read '%s'".formatted(name), file, e);
        }
    }

    private static MatriarchException missing(String server, WalFileName name, boolean partial) {
        return new MatriarchException(
                ErrorCode.WAL_MISSING,
                "'%s' is not in the WAL archive of '%s'".formatted(name, server),
                partial
                        ? "see wal:list %s for what is there.".formatted(server)
                        : "see wal:list %s for what is there; --partial takes a segment that is still being received."
                                .formatted(server));
    }

    @Override
    public List<WalFileName> peek(String server, WalFileName from, int count) {
        requireSegment(from);
        Shelf shelf = shelf(server);
        SegmentNumbers numbers = numbers(shelf);
        long size = segmentSizes.of(shelf.repository(), shelf.directory());
        TimelineHistory lineage = lineage(shelf, from, from.startLsn(size));
        List<WalFileName> names = new ArrayList<>();
        int timeline = from.timeline();
        for (long number = numbers.of(from); names.size() < count; number++) {
            // A segment of a switch is on both timelines; recovery reads the newer one.
            Lsn last = numbers.name(timeline, number).endLsn(size).plus(-1);
            WalFileName newer = numbers.name(lineage.timelineAt(last), number);
            WalFileName own = numbers.name(timeline, number);
            if (shelf.holds(newer)) {
                names.add(newer);
            } else if (shelf.holds(own)) {
                names.add(own);
            } else {
                break;
            }
            timeline = names.get(names.size() - 1).timeline();
        }
        return List.copyOf(names);
    }

    /** Returns the newest history that leads through a position of a timeline. */
    private static TimelineHistory lineage(Shelf shelf, WalFileName from, Lsn position) {
        return shelf.archive().entries().stream()
                .map(WalEntry::name)
                .filter(name -> name.kind() == WalFileName.Kind.HISTORY)
                .sorted(Comparator.reverseOrder())
                .flatMap(name -> shelf.archive().history(name.timeline()).stream())
                .filter(history -> history.contains(from.timeline(), position.plus(1)))
                .findFirst()
                .orElse(TimelineHistory.first(from.timeline()));
    }

    @Override
    public WalListing list(String server, WalFilter filter) {
        Shelf shelf = shelf(server);
        // First what waits: a file that is archived between two looks is then listed twice, not left out.
        NavigableSet<WalFileName> waiting = waiting(server, shelf, filter);
        List<WalEntry> entries = shelf.archive().entries().stream()
                .filter(entry -> isWanted(entry.name(), filter))
                .toList();
        entries.forEach(entry -> waiting.remove(entry.name()));
        return new WalListing(entries, numbers(shelf).gaps(entries), List.copyOf(waiting));
    }

    private static NavigableSet<WalFileName> waiting(String server, Shelf shelf, WalFilter filter) {
        try {
            NavigableSet<WalFileName> names = new TreeSet<>();
            shelf.directory().names().stream()
                    .filter(name -> name.kind() != WalFileName.Kind.PARTIAL)
                    .forEach(names::add);
            names.addAll(shelf.pushed().names());
            shelf.incoming().entries().stream()
                    .filter(entry -> entry.attributes().isRegularFile())
                    .flatMap(
                            entry -> WalFileName.find(entry.name())
                                    .filter(name -> WalContent.canHave(
                                            name, entry.attributes().size()))
                                    .stream())
                    .forEach(names::add);
            names.removeIf(name -> !isWanted(name, filter));
            return names;
        } catch (IOException e) {
            throw DiskFailure.of(
                    "list the waiting WAL of '%s'".formatted(server),
                    shelf.directory().path(),
                    e);
        }
    }

    private static boolean isWanted(WalFileName name, WalFilter filter) {
        return filter.timeline().map(timeline -> timeline == name.timeline()).orElse(true)
                && filter.from().map(from -> from.compareTo(name) <= 0).orElse(true)
                && filter.to().map(to -> to.compareTo(name) >= 0).orElse(true);
    }

    @Override
    public WalSwitch switchWal(String server, boolean force) {
        return switcher.switchWal(servers.requireServer(server), force);
    }

    @Override
    public void awaitArchived(String server, WalFileName name, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!shelf(server).archive().contains(name)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new MatriarchException(
                        ErrorCode.WAL_MISSING,
                        "'%s' of '%s' was not archived within %d s".formatted(name, server, timeout.toSeconds()),
                        "see wal:receive %s status and server:check %s.".formatted(server, server));
            }
            Thread.sleep(Math.min(POLL.toMillis(), left / 1_000_000 + 1));
        }
    }

    @Override
    public void checkEmpty(String server, Optional<Integer> timeline) {
        List<WalFileName> found = shelf(server).archive().entries().stream()
                .map(WalEntry::name)
                .filter(name -> timeline.map(least -> Integer.compareUnsigned(name.timeline(), least) >= 0)
                        .orElse(true))
                .toList();
        if (!found.isEmpty()) {
            throw new MatriarchException(
                    ErrorCode.ARCHIVE_NOT_EMPTY,
                    "the WAL archive of '%s' holds %d files%s, the first is '%s'"
                            .formatted(
                                    server,
                                    found.size(),
                                    timeline.map(" from timeline %d on"::formatted)
                                            .orElse(""),
                                    found.get(0)),
                    "give a new PostgreSQL server a name, and thereby an archive, of its own.");
        }
    }

    @Override
    public List<WalFileName> missing(String server, WalFileName from, WalFileName to) {
        requireSegment(from);
        requireSegment(to);
        if (from.timeline() != to.timeline()) {
            throw new MatriarchException(
                    ErrorCode.USAGE,
                    "'%s' and '%s' are not of one timeline".formatted(from, to),
                    "check each timeline by itself.");
        }
        Shelf shelf = shelf(server);
        SegmentNumbers numbers = numbers(shelf);
        List<WalFileName> missing = new ArrayList<>();
        for (long number = numbers.of(from); number <= numbers.of(to); number++) {
            WalFileName name = numbers.name(from.timeline(), number);
            if (!shelf.archive().contains(name)) {
                missing.add(name);
            }
        }
        return List.copyOf(missing);
    }

    private static void requireSegment(WalFileName name) {
        if (!name.isSegment()) {
            throw new MatriarchException(
                    ErrorCode.NAME_INVALID,
                    "'%s' is not the name of a WAL segment".formatted(name),
                    "give 24 hexadecimal digits, such as 000000010000000000000003.");
        }
    }
}
