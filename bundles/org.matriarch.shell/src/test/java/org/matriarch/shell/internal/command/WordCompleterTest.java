package org.matriarch.shell.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.impl.console.CommandsCompleter;
import org.apache.karaf.shell.impl.console.SessionFactoryImpl;
import org.apache.karaf.shell.support.parsing.DefaultParser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.catalog.BackupVerification;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.shell.internal.backup.ScriptedCatalog;
import org.matriarch.shell.internal.job.ScriptedJobs;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;

/** The words that Karaf's prompt offers, asked for as its prompt does: a session of Karaf with all commands. */
final class WordCompleterTest {

    private static final String ID = "20261120T120000";
    private static final List<String> SHORTCUTS =
            List.of("latest", "last", "oldest", "first", "latest-full", "last-failed");

    private final ScriptedJobs jobs = new ScriptedJobs();
    private final SessionFactoryImpl karaf = new SessionFactoryImpl(new ThreadIOImpl());
    private final Session session = karaf.create(new ByteArrayInputStream(new byte[0]), nowhere(), nowhere());
    private final CommandsCompleter prompt = new CommandsCompleter(karaf, session);

    @BeforeEach
    void register() {
        register(new ScriptedServices()
                .with(Servers.class, new FixedServers(server("main"), server("other")))
                .with(
                        BackupCatalog.class,
                        new ScriptedCatalog(jobs.first(), new BackupVerification(0, 0, List.of(), List.of())))
                .with(Jobs.class, jobs));
    }

    @AfterEach
    void close() {
        session.close();
        karaf.stop();
    }

    @Test
    void completesTheNameOfACommand() {
        assertThat(complete("backup:ver")).containsExactly("backup:verify");
        assertThat(complete("wal:")).contains("wal:get", "wal:put", "wal:list");
        assertThat(complete("nothing:")).isEmpty();
    }

    @Test
    void completesOptions() {
        assertThat(complete("backup:verify --f")).containsExactlyInAnyOrder("--fast", "--format");
        assertThat(complete("backup:verify main latest --fa")).containsExactly("--fast");
        assertThat(offered("backup:verify main latest --fa"))
                .filteredOn(candidate -> candidate.value().equals("--fast"))
                .extracting(Candidate::descr)
                .first()
                .asString()
                .isNotBlank()
                .doesNotEndWith(".");
    }

    @Test
    void offersAnOptionOnceUnlessItMayBeRepeated() {
        assertThat(complete("backup:restore main latest /to --target-")).contains("--target-time", "--target-lsn");
        assertThat(complete("backup:restore --target-time now main latest /to --target-"))
                .contains("--target-lsn")
                .doesNotContain("--target-time");
        assertThat(complete("backup:restore --tablespace a:/a main latest /to --tablesp"))
                .containsExactly("--tablespace");
    }

    @Test
    void completesTheValueOfAnOption() {
        assertThat(complete("backup:list main --format ")).containsExactly("console", "json");
        assertThat(complete("backup:list main --format j")).containsExactly("json");
        assertThat(complete("wal:get main 000000010000000000000001 --output ")).isEmpty();
    }

    @Test
    void completesTheNameOfAServer() {
        assertThat(complete("backup:list ma")).containsExactly("main");
        assertThat(complete("backup:show ")).containsExactly("main", "other");
        assertThat(complete("backup:restore --target-time now ")).containsExactly("main", "other");
        assertThat(complete("server:check main ")).containsExactly("main", "other", "all");
    }

    @Test
    void completesTheIdOfABackup() {
        assertThat(complete("backup:show main 2026")).containsExactly(ID);
        assertThat(complete("backup:show main ")).first().isEqualTo(ID);
        assertThat(complete("backup:show main ")).containsAll(SHORTCUTS);
        assertThat(complete("backup:verify --fast main ")).contains(ID);
        assertThat(complete("backup:show main " + ID + " ")).isEmpty();
    }

    @Test
    void completesTheNumberOfAJob() {
        assertThat(complete("job:show ")).containsExactly("7");
    }

    @Test
    void offersNothingForWhatIsNotThere() {
        assertThat(complete("backup:show stranger ")).isEmpty();
        register(new ScriptedServices());
        assertThat(complete("backup:show ")).isEmpty();
        assertThat(complete("backup:show main ")).isEmpty();
    }

    private void register(Services services) {
        List.copyOf(karaf.getRegistry().getCommands()).forEach(karaf.getRegistry()::unregister);
        Caller.allCommands().forEach(command -> karaf.getRegistry().register(new KarafCommand(command, services)));
    }

    /** Returns those words with which the last one may go on: the line editor leaves out the others. */
    private List<String> complete(String line) {
        String begun = line.substring(line.lastIndexOf(' ') + 1);
        return offered(line).stream()
                .map(Candidate::value)
                .filter(word -> word.startsWith(begun))
                .distinct()
                .toList();
    }

    private List<Candidate> offered(String line) {
        CommandLine parsed = new DefaultParser().parse(session, line, line.length());
        var candidates = new ArrayList<Candidate>();
        prompt.completeCandidates(session, parsed, candidates);
        return candidates;
    }

    private static ServerConfiguration server(String name) {
        return new ServerBuilder(name, Path.of("/srv")).build();
    }

    private static PrintStream nowhere() {
        return new PrintStream(new ByteArrayOutputStream());
    }
}
