package org.matriarch.shell.internal.job;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.output.Json;

/** A job as JSON. */
public final class JobJson {

    private JobJson() {}

    /** Returns all that is known of a job. */
    public static Map<String, @Nullable Object> of(Job job) {
        return new Json()
                .add("id", job.id())
                .add("kind", job.kind())
                .add("server", job.server())
                .add("subject", job.subject())
                .add("state", job.state())
                .add("doneBytes", job.progress().doneBytes())
                .add("totalBytes", job.progress().totalBytes())
                .add("step", job.progress().step())
                .add("submitted", job.submitted())
                .add("started", job.started())
                .add("ended", job.ended())
                .add("errorCode", job.errorCode().map("MATR-%d"::formatted))
                .add("error", job.error())
                .add("hint", job.hint())
                .build();
    }
}
