package org.matriarch.api.recovery;

/** What PostgreSQL does at the target. */
public enum TargetAction {
    /** Waits for somebody to look. */
    PAUSE,
    /** Becomes a primary. */
    PROMOTE,
    /** Stops. */
    SHUTDOWN
}
