package org.matriarch.api.server;

/**
 * The outcome of one check.
 *
 * @param name what is checked, in the words of Barman where it has the check
 * @param detail what was found; may be empty
 * @param hint what to do about it; empty if all is well
 */
public record CheckResult(String name, Outcome outcome, String detail, String hint) {

    /** How a check ended. */
    public enum Outcome {
        /** As it should be. */
        OK,
        /** Working, but not as it should be. */
        WARNING,
        /** Not working. */
        FAILED
    }
}
