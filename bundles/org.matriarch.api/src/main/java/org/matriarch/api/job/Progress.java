package org.matriarch.api.job;

/**
 * How much of a job's work is done.
 *
 * @param totalBytes 0 while unknown
 * @param step what is being done now, for a person: lower case, no full stop
 */
public record Progress(long doneBytes, long totalBytes, String step) {

    /** Nothing done yet. */
    public static final Progress NONE = new Progress(0, 0, "");
}
