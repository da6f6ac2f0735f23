package org.matriarch.api.model;

/**
 * A tablespace outside the data directory.
 *
 * @param location absolute path of its directory on the server
 */
public record Tablespace(String name, long oid, String location) {}
