package org.matriarch.jmx.internal.bean;

import java.time.Duration;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularType;
import org.matriarch.api.access.Role;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.jmx.internal.open.OpenBean;
import org.matriarch.jmx.internal.open.Param;

/** All jobs together, and each by itself. */
public final class JobBeans {

    private static final Param ID = Param.number("id", "number of a job");
    private static final int LONGEST_WAIT_SECONDS = 300;

    private JobBeans() {}

    /** Returns the bean of all jobs. */
    public static OpenBean all(Services services) {
        TabularType table = Values.JOB.tableType("id");
        return OpenBean.describedAs("The long work of this container")
                .attribute(
                        "Running",
                        "how many are under way",
                        SimpleType.INTEGER,
                        () -> (int) services.jobs().jobs().stream()
                                .filter(job -> !job.state().isEnded())
                                .count())
                .attribute(
                        "Jobs",
                        "all that are kept",
                        table,
                        () -> Values.JOB.table(table, services.jobs().jobs()))
                .look(
                        "show",
                        "Returns a job",
                        Values.JOB.type(),
                        arguments -> Values.JOB.show(require(services, arguments.number(0))),
                        ID)
                .look(
                        "await",
                        "Waits until a job has ended, and returns it as it then stands",
                        Values.JOB.type(),
                        arguments -> {
                            require(services, arguments.number(0));
                            long seconds = Math.max(0, Math.min(arguments.number(1), LONGEST_WAIT_SECONDS));
                            return Values.JOB.show(
                                    services.jobs().await(arguments.number(0), Duration.ofSeconds(seconds)));
                        },
                        ID,
                        Param.number("seconds", "how long at most, up to %d".formatted(LONGEST_WAIT_SECONDS)))
                .act(
                        "cancel",
                        "Asks a job to stop",
                        Role.OPERATOR,
                        Values.JOB.type(),
                        arguments -> Values.JOB.show(services.jobs().cancel(arguments.number(0))),
                        ID)
                .notification(
                        EventNotifications.JOB_STATE, "a job came, or entered another state; the data are the Job")
                .notification(EventNotifications.JOB_PROGRESS, "a job went on; the data are the Job")
                .build();
    }

    /** Returns the bean of one job. */
    public static OpenBean one(Services services, Job job) {
        long id = job.id();
        return OpenBean.describedAs("Job %d: %s of the server '%s'".formatted(id, job.kind(), job.server()))
                .attributes(Values.JOB, () -> require(services, id))
                .act(
                        "cancel",
                        "Asks the job to stop",
                        Role.OPERATOR,
                        Values.JOB.type(),
                        arguments -> Values.JOB.show(services.jobs().cancel(id)))
                .notification(EventNotifications.JOB_STATE, "the job entered another state; the data are the Job")
                .notification(EventNotifications.JOB_PROGRESS, "the job went on; the data are the Job")
                .build();
    }

    private static Job require(Services services, long id) {
        return services.jobs()
                .findJob(id)
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.JOB_UNKNOWN, "no job has the number %d".formatted(id), "see the attribute Jobs."));
    }
}
