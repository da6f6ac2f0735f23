package org.matriarch.api.monitor;

import java.time.Instant;

/** A value, and when it was so. */
public record Seen<T>(T value, Instant time) {}
