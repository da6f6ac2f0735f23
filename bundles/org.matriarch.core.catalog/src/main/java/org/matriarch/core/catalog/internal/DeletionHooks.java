package org.matriarch.core.catalog.internal;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.hook.Hooks;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerConfiguration;

/** The hooks around the deletion of backups and of WAL files of one server. */
final class DeletionHooks {

    /** Each time the index is written anew, which takes as long as deleting some hundred files. */
    private static final int AT_ONCE = 5_000;

    private final Hooks hooks;
    private final ServerConfiguration server;

    DeletionHooks(Hooks hooks, ServerConfiguration server) {
        this.hooks = hooks;
        this.server = server;
    }

    /** Runs what is to run before the backups of a plan are deleted; asks for the plan only if there is something. */
    void before(Supplier<DeletionPlan> plan, Repository repository) throws InterruptedException {
        if (!server.hooks().concerns(HookEvent.DELETE)) {
            return;
        }
        for (Backup backup : plan.get().backups()) {
            hooks.before(server, HookEvent.DELETE, new HookSubject.OfBackup(backup, repository));
        }
    }

    /** Runs what is to run after a backup was deleted. */
    void after(Backup backup, Repository repository) throws InterruptedException {
        hooks.after(server, HookEvent.DELETE, new HookSubject.OfBackup(backup, repository), Optional.empty());
    }

    /** Deletes WAL: many at once, or, where there are hooks for that, file by file. */
    void deleteWal(List<WalFileName> names, WalArchive wal, JobContext context) throws InterruptedException {
        if (!server.hooks().concerns(HookEvent.WAL_DELETE)) {
            for (int done = 0; done < names.size(); done += AT_ONCE) {
                context.checkCancelled();
                context.step("deleting WAL, %d of %d files".formatted(done, names.size()));
                wal.delete(names.subList(done, Math.min(done + AT_ONCE, names.size())));
            }
            return;
        }
        for (WalFileName name : names) {
            context.checkCancelled();
            context.step("deleting WAL " + name);
            Optional<WalEntry> entry = wal.find(name);
            if (entry.isPresent()) { // otherwise an interrupted deletion is being repeated
                deleteOne(subject(entry.get(), wal.localFile(name)), wal);
            }
        }
    }

    private void deleteOne(HookSubject.OfWal file, WalArchive wal) throws InterruptedException {
        hooks.before(server, HookEvent.WAL_DELETE, file);
        try {
            wal.delete(List.of(file.name()));
        } catch (MatriarchException e) {
            hooks.after(server, HookEvent.WAL_DELETE, file, Optional.of(e.summary()));
            throw e;
        }
        hooks.after(server, HookEvent.WAL_DELETE, file, Optional.empty());
    }

    private static HookSubject.OfWal subject(WalEntry entry, Optional<Path> file) {
        Instant written = entry.archived();
        return new HookSubject.OfWal(entry.name(), file, entry.storedBytes(), written, entry.compression());
    }
}
