package org.matriarch.api.model;

/** A PostgreSQL version as {@code server_version_num} gives it, such as 160015 for 16.15. */
public record PostgresVersion(int number) implements Comparable<PostgresVersion> {

    /** Returns the major version, such as 16. */
    public int major() {
        return number / 10_000;
    }

    @Override
    public int compareTo(PostgresVersion other) {
        return Integer.compare(number, other.number);
    }

    /** Returns the version as people write it, such as 16.15. */
    @Override
    public String toString() {
        return major() + "." + number % 10_000;
    }
}
