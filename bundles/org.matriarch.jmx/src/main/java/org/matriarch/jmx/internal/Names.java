package org.matriarch.jmx.internal;

import java.util.regex.Pattern;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** How MBeans are called. */
final class Names {

    private static final Pattern PLAIN = Pattern.compile("[\\w .+-]+");

    private Names() {}

    /** Returns the name of the only bean of a type. */
    static ObjectName of(String type) {
        return parse("org.matriarch:type=" + type);
    }

    /** Returns the name of one bean of a type. */
    static ObjectName of(String type, String key, String value) {
        return parse("org.matriarch:type=%s,%s=%s".formatted(type, key, quoted(value)));
    }

    /** Returns the name of one bean of a type. */
    static ObjectName of(String type, String key, String value, String key2, String value2) {
        return parse("org.matriarch:type=%s,%s=%s,%s=%s".formatted(type, key, quoted(value), key2, quoted(value2)));
    }

    private static String quoted(String value) {
        return PLAIN.matcher(value).matches() ? value : ObjectName.quote(value);
    }

    private static ObjectName parse(String name) {
        try {
            return new ObjectName(name);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(name, e);
        }
    }
}
