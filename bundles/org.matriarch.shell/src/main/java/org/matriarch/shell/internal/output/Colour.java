package org.matriarch.shell.internal.output;

/** Colours of a terminal. */
public enum Colour {
    /** All is well. */
    GREEN("32"),
    /** Worth a look. */
    YELLOW("33"),
    /** Something failed. */
    RED("31");

    private final String code;

    Colour(String code) {
        this.code = code;
    }

    String apply(String text) {
        return "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
