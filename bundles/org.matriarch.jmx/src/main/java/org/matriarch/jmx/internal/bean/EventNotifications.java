package org.matriarch.jmx.internal.bean;

import java.util.concurrent.atomic.AtomicLong;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.matriarch.api.event.Event;
import org.matriarch.api.job.Job;

/** How events and jobs become notifications. Thread-safe. */
public final class EventNotifications {

    static final String TYPE = "matriarch.event";
    static final String JOB_STATE = "matriarch.job.state";
    static final String JOB_PROGRESS = "matriarch.job.progress";

    private final AtomicLong sequence = new AtomicLong();

    /** Returns the notification of an event. */
    public Notification of(ObjectName source, Event event) {
        return notification(TYPE, source, event.time().toEpochMilli(), event.message(), Values.EVENT.show(event));
    }

    /** Returns the notification of a job that has come or entered another state. */
    public Notification ofState(ObjectName source, Job job) {
        String text = "job %d, %s of '%s', is %s".formatted(job.id(), job.kind(), job.server(), job.state());
        return notification(JOB_STATE, source, System.currentTimeMillis(), text, Values.JOB.show(job));
    }

    /** Returns the notification of a job that has gone on. */
    public Notification ofProgress(ObjectName source, Job job) {
        return notification(
                JOB_PROGRESS, source, System.currentTimeMillis(), job.progress().step(), Values.JOB.show(job));
    }

    private Notification notification(String type, ObjectName source, long time, String text, CompositeData data) {
        var notification = new Notification(type, source, sequence.incrementAndGet(), time, text);
        notification.setUserData(data);
        return notification;
    }
}
