package org.matriarch.api.job;

import java.util.Optional;

/**
 * What a job is to be called and what it excludes.
 *
 * @param exclusive a name under which only one job runs at a time, such as {@code backup main}; a second is refused
 */
public record JobRequest(String kind, String server, String subject, Optional<String> exclusive) {}
