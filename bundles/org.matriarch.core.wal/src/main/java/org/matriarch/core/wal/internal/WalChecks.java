package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalListing.Gap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Checks that WAL comes, is archived, and is this server's. */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=300")
public final class WalChecks implements ServerCheck {

    private final StreamingReceivers receivers;
    private final Repositories repositories;
    private final PostgresConnections connections;
    private final SegmentSizes segmentSizes = new SegmentSizes();

    /** Keeps the services that it looks at. */
    @Activate
    public WalChecks(
            @Reference StreamingReceivers receivers,
            @Reference Repositories repositories,
            @Reference PostgresConnections connections) {
        this.receivers = receivers;
        this.repositories = repositories;
        this.connections = connections;
    }

    /** One check: may fail with what is wrong. */
    private interface Look {
        CheckResult at(String name) throws IOException;
    }

    @Override
    public List<CheckResult> check(ServerConfiguration server) {
        List<CheckResult> results = new ArrayList<>();
        results.add(look("repository lock", name -> charge(name, server)));
        if (server.wal().streaming()) {
            server.wal()
                    .slotName()
                    .ifPresent(slot -> results.add(look("replication slot", name -> slot(name, server, slot))));
            results.add(look("receive-wal running", name -> receiver(name, server)));
        }
        results.add(look("WAL archive", name -> archive(name, server)));
        if (server.wal().archiver()) {
            results.add(look("incoming WALs directory", name -> incoming(name, server)));
        }
        var queues = new QueueJudge(receivers.archiveProblem(server.name()), server.monitoring());
        CheckResult incoming = look(
                "empty incoming directory",
                name -> queues.judge(name, CountedQueues.incoming(server), CountedQueues.streaming(server)));
        if (server.wal().archiver() || incoming.outcome() != Outcome.OK) {
            results.add(incoming);
        }
        results.add(look(
                "empty streaming directory",
                name -> queues.judge(name, CountedQueues.streaming(server), CountedQueues.incoming(server))));
        results.add(look("archiver errors", name -> errors(name, server)));
        results.add(look("systemid coherence", name -> system(name, server)));
        return results;
    }

    private static CheckResult look(String name, Look look) {
        try {
            return look.at(name);
        } catch (MatriarchException e) {
            return new CheckResult(name, Outcome.FAILED, e.summary(), e.hint());
        } catch (IOException e) {
            return new CheckResult(
                    name, Outcome.FAILED, String.valueOf(e), "look at the permissions below matriarch_home.");
        }
    }

    private static CheckResult ok(String name, String detail) {
        return new CheckResult(name, Outcome.OK, detail, "");
    }

    private CheckResult charge(String name, ServerConfiguration server) {
        if (!server.active()) {
            return ok(name, "not taken: the server is not active");
        }
        repositories.takeCharge(server);
        return ok(name, "");
    }

    private CheckResult slot(String name, ServerConfiguration server, String slotName) {
        Optional<Slots.Slot> slot = new Slots(connections).find(server, slotName);
        if (slot.isEmpty()) {
            MatriarchException missing = Slots.missing(server, slotName);
            return new CheckResult(name, Outcome.FAILED, missing.summary(), missing.hint());
        }
        if (!slot.get().physical() || slot.get().lost()) {
            MatriarchException unusable = Slots.unusable(
                    server,
                    slotName,
                    slot.get().lost() ? "has lost the WAL that it should hold" : "is not a physical one");
            return new CheckResult(name, Outcome.FAILED, unusable.summary(), unusable.hint());
        }
        return slot.get().active()
                ? ok(name, "")
                : new CheckResult(
                        name,
                        Outcome.FAILED,
                        "slot '%s' is not in use, the server keeps WAL for it".formatted(slotName),
                        "see wal:receive %s status.".formatted(server.name()));
    }

    private CheckResult receiver(String name, ServerConfiguration server) {
        ReceiverStatus status = receivers.status(server.name());
        if (status.state() == ReceiverStatus.State.STREAMING) {
            return ok(name, "");
        }
        String error = status.error()
                .map(text -> ": " + text.lines().findFirst().orElse(""))
                .orElse("");
        return new CheckResult(
                name,
                Outcome.FAILED,
                status.state() + error,
                "see wal:receive %s status; wal:receive %s start begins it again."
                        .formatted(server.name(), server.name()));
    }

    private CheckResult archive(String name, ServerConfiguration server) {
        Repository repository = repositories.repository(server);
        List<WalEntry> entries = repository.wal().entries();
        if (entries.stream().noneMatch(entry -> entry.name().isSegment())) {
            return new CheckResult(
                    name,
                    Outcome.FAILED,
                    "no WAL is archived yet",
                    "run wal:switch %s --force --archive once WAL is received.".formatted(server.name()));
        }
        var directory = new StreamingDirectory(server.home(), new LocalDisk());
        List<Gap> gaps = new SegmentNumbers(segmentSizes.of(repository, directory)).gaps(entries);
        if (gaps.isEmpty()) {
            return ok(name, "");
        }
        Gap last = gaps.get(gaps.size() - 1);
        return new CheckResult(
                name,
                Outcome.WARNING,
                "%s, the last from %s to %s"
                        .formatted(gaps.size() == 1 ? "1 gap" : gaps.size() + " gaps", last.first(), last.last()),
                "a backup older than a gap cannot be recovered beyond it; see wal:list %s.".formatted(server.name()));
    }

    private CheckResult incoming(String name, ServerConfiguration server) {
        var disk = new LocalDisk();
        for (Path directory : List.of(
                new IncomingDirectory(server.home(), disk).path(), new PushedDirectory(server.home(), disk).path())) {
            if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
                return new CheckResult(
                        name,
                        Outcome.FAILED,
                        "'%s' is not a directory that can be written to".formatted(directory),
                        "look at the permissions below matriarch_home.");
            }
        }
        List<IncomingScan.Doubt> doubts = receivers.incomingDoubts(server.name());
        if (doubts.isEmpty()) {
            return ok(name, "");
        }
        IncomingScan.Doubt first = doubts.get(0);
        return new CheckResult(
                name,
                Outcome.WARNING,
                "'%s' is not archived, since %s%s"
                        .formatted(
                                first.name(),
                                first.why(),
                                doubts.size() == 1 ? "" : "; and %d more".formatted(doubts.size() - 1)),
                "see whether its copy broke off; what does not become whole is moved to 'errors' after a while.");
    }

    private static CheckResult errors(String name, ServerConfiguration server) throws IOException {
        List<String> refused = new ErrorsDirectory(server.home(), new LocalDisk()).names();
        if (refused.isEmpty()) {
            return ok(name, "");
        }
        long duplicates =
                refused.stream().filter(file -> file.endsWith(".duplicate")).count();
        return new CheckResult(
                name,
                Outcome.FAILED,
                "duplicates: %d, unknown: %d".formatted(duplicates, refused.size() - duplicates),
                "look at the files in '%s' and remove them when it is clear where they came from."
                        .formatted(server.home().resolve("errors")));
    }

    private CheckResult system(String name, ServerConfiguration server) {
        Optional<RepositoryIdentity> identity = repositories.repository(server).identity();
        if (identity.isEmpty()) {
            return ok(name, "no system id stored yet");
        }
        String systemId = connections.facts(server).systemId();
        return identity.get().systemId().equals(systemId)
                ? ok(name, "")
                : new CheckResult(
                        name,
                        Outcome.FAILED,
                        "the server is system %s, its repository belongs to %s"
                                .formatted(systemId, identity.get().systemId()),
                        "see whether 'conninfo' leads to the right server; a new one needs a repository of its own.");
    }
}
