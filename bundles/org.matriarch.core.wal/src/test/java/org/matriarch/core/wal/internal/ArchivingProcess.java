package org.matriarch.core.wal.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.core.repository.internal.FileRepositories;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.hook.RecordingHooks;
import org.matriarch.testkit.server.FixedServers;

/**
 * A process that takes WAL files, archives them and makes the index anew, all at once and without an end. It prints the name
 * of each file as soon as it is acknowledged; it ends when its standard input does.
 */
final class ArchivingProcess {

    private static final int PUSHERS = 2;

    /** One in so many is a segment of 1 MiB, the others are labels: small files make more moments to be killed in. */
    private static final int SEGMENT_EVERY = 12;

    private ArchivingProcess() {}

    /** Begins with the file of a number, in the store at a path. */
    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        var next = new AtomicLong(Long.parseLong(arguments[1]));
        ServerConfiguration server = server(directory);
        Repositories repositories = FileRepositories.in(directory);
        repositories.repository(server).claim(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
        var servers = new FixedServers(server);
        var receivers = new StreamingReceivers(servers, services(repositories));
        receivers.serverChanged(server.name());
        var intake = new DurableIntake(servers, receivers);
        for (int i = 0; i < PUSHERS; i++) {
            begin(() -> push(intake, next.getAndIncrement()));
        }
        begin(() -> repositories.repository(server).wal().reindex());
        endWithInput();
    }

    static ServerConfiguration server(Path directory) {
        return Sample.configuration(
                directory.resolve("main"), "", new WalSettings(false, true, Optional.empty(), false, "x"));
    }

    static WalServices services(Repositories repositories) {
        return new WalServices(
                new ScriptedServer(),
                repositories,
                new RecordingEvents(),
                new RecordingHooks(),
                Clock.systemUTC(),
                new LocalDisk());
    }

    /** Returns the name of a file. */
    static WalFileName name(long number) {
        WalFileName segment = SampleWal.name(1, number);
        return number % SEGMENT_EVERY == 0 ? segment : new WalFileName(segment + ".00000028.backup");
    }

    /** Returns what a file contains, the same each time. */
    static byte[] content(long number) {
        return number % SEGMENT_EVERY == 0
                ? SampleWal.segment(1, number)
                : "START WAL LOCATION: 0/28 (file %s)\nLABEL: %d\n"
                        .formatted(SampleWal.name(1, number), number)
                        .getBytes(ISO_8859_1);
    }

    private static void push(DurableIntake intake, long number) {
        intake.take("main", name(number).value(), new ByteArrayInputStream(content(number)), Optional::empty);
        System.out.println(number);
    }

    private static void begin(Runnable work) {
        var thread = new Thread(() -> {
            while (true) {
                work.run();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void endWithInput() {
        try {
            int read = System.in.read();
            while (read >= 0) {
                read = System.in.read();
            }
        } catch (IOException e) {
            System.exit(1);
        }
        System.exit(0);
    }
}
