package org.matriarch.api.job;

import java.time.Instant;
import java.util.Optional;

/**
 * One piece of long work, as it stands at one moment.
 *
 * @param id counts up from 1 within an installation
 * @param kind what it does, as a command would be named: {@code backup:create}
 * @param subject what it works on within the server, such as a backup id; empty if nothing
 * @param errorCode number of the error that ended it, without the letters
 * @param error first line of the error that ended it
 * @param hint what to do about it
 */
public record Job(
        long id,
        String kind,
        String server,
        String subject,
        JobState state,
        Progress progress,
        Instant submitted,
        Optional<Instant> started,
        Optional<Instant> ended,
        Optional<Integer> errorCode,
        Optional<String> error,
        Optional<String> hint) {}
