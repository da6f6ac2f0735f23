package org.matriarch.shell.internal.backup;

import java.util.List;
import java.util.Optional;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.retention.Retention;

/** Finds the one backup of the scripted catalog obsolete, until a test says that there is nothing to delete. */
public final class ScriptedRetention implements Retention {

    private final Job job;
    private Optional<KeepTarget> kept = Optional.empty();
    private boolean content;
    private int applied;

    /** Answers with a job. */
    public ScriptedRetention(Job job) {
        this.job = job;
    }

    /** From now on nothing is obsolete. */
    public void contentItself() {
        content = true;
    }

    /** Returns how often something was to be deleted. */
    public int applied() {
        return applied;
    }

    Optional<KeepTarget> kept() {
        return kept;
    }

    @Override
    public DeletionPlan plan(String server) {
        return content
                ? new DeletionPlan(server, List.of(), List.of(), 0)
                : new DeletionPlan(
                        server,
                        List.of(ScriptedCatalog.backup()),
                        List.of(new WalFileName("000000010000000000000002")),
                        4096);
    }

    @Override
    public Job apply(DeletionPlan plan) {
        applied++;
        return job;
    }

    @Override
    public Backup keep(String server, String selector, Optional<KeepTarget> target) {
        kept = target;
        return ScriptedCatalog.backup()
                .withRetention(target.map(each ->
                                each == KeepTarget.FULL ? RetentionStatus.KEEP_FULL : RetentionStatus.KEEP_STANDALONE)
                        .orElse(RetentionStatus.NONE));
    }
}
