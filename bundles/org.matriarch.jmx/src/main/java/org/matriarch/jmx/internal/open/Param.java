package org.matriarch.jmx.internal.open;

import javax.management.openmbean.OpenMBeanParameterInfo;
import javax.management.openmbean.OpenMBeanParameterInfoSupport;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;

/** A parameter of an operation. */
public record Param(String name, String description, OpenType<?> type) {

    /** A text. */
    public static Param text(String name, String description) {
        return new Param(name, description, SimpleType.STRING);
    }

    /** A truth value. */
    public static Param flag(String name, String description) {
        return new Param(name, description, SimpleType.BOOLEAN);
    }

    /** A whole number. */
    public static Param number(String name, String description) {
        return new Param(name, description, SimpleType.LONG);
    }

    OpenMBeanParameterInfo info() {
        return new OpenMBeanParameterInfoSupport(name, description, type);
    }
}
