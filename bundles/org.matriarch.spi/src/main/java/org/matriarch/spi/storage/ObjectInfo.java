package org.matriarch.spi.storage;

import java.time.Instant;

/** What a store knows of an object without reading it. */
public record ObjectInfo(ObjectName name, long sizeBytes, Instant modified) {}
