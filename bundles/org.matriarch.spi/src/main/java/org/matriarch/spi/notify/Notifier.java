package org.matriarch.spi.notify;

import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Tells somebody outside what happened: by mail, in a chat, to a pager.
 *
 * <p>Registered as an OSGi service with {@link #PROPERTY_ID}; may come and go at any time. Each notifier is called on a
 * thread of its own, one call after another and in the order of what happened, so it need not be thread-safe. What it
 * throws, and how long it takes, harms nobody else: while it is busy, up to {@link #QUEUE} notifications wait for it, and
 * then the oldest are dropped, which the log says. None of them outlasts the container.
 *
 * <p>It is told of everything but {@link org.matriarch.api.event.Event.Severity#ROUTINE}; what concerns nobody on its
 * channel it passes over. A receiver that goes up and down, or a check that fails for a moment, is told of only when it has
 * stayed so for a while.
 */
@ConsumerType
public interface Notifier {

    /** Service property that carries {@link #id}. */
    String PROPERTY_ID = "matriarch.notifier.id";

    /** How many notifications wait for a notifier at most. */
    int QUEUE = 100;

    /** How long a call may take before its thread is interrupted. */
    Duration LIMIT = Duration.ofSeconds(60);

    /** Returns the configured name of this notifier, unique within one installation. */
    String id();

    /**
     * Passes on what happened. When this returns, the channel has taken it; it need not have arrived.
     *
     * @throws NotifierException if the channel did not take it; if a retry may help, the same is given again twice, after a
     *     pause, and then dropped
     * @throws InterruptedException if it took longer than {@link #LIMIT}, or the container stops; nothing of the call may be
     *     left running
     */
    void notify(Notification notification) throws NotifierException, InterruptedException;
}
