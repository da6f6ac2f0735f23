package org.matriarch.api.repository;

/** Which PostgreSQL server a repository belongs to. */
public record RepositoryIdentity(String systemId, int majorVersion) {}
