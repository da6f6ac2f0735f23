package org.matriarch.spi.storage;

/**
 * The name of a stored object: relative, parts separated by '/', none of them empty, '.' or '..'.
 *
 * <p>Names may hold any other character that PostgreSQL's file names hold.
 */
public record ObjectName(String value) implements Comparable<ObjectName> {

    /** Refuses a name that would leave the store or that a file system cannot hold. */
    public ObjectName {
        for (String part : value.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("'%s' is not the name of an object".formatted(value));
            }
        }
    }

    @Override
    public int compareTo(ObjectName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
