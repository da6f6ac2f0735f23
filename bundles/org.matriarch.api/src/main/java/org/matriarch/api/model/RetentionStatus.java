package org.matriarch.api.model;

/** What the retention policy says of a backup. */
public enum RetentionStatus {
    /** Needed by the policy. */
    VALID("VALID"),
    /** No longer needed. */
    OBSOLETE("OBSOLETE"),
    /** Not needed by the policy but kept for the minimum redundancy. */
    POTENTIALLY_OBSOLETE("OBSOLETE*"),
    /** Kept by an operator, with the WAL from its start on. */
    KEEP_FULL("KEEP:FULL"),
    /** Kept by an operator, with the WAL of its own span only. */
    KEEP_STANDALONE("KEEP:STANDALONE"),
    /** No policy applies. */
    NONE("-");

    private final String label;

    RetentionStatus(String label) {
        this.label = label;
    }

    /** Returns the word that commands and JSON show. */
    public String label() {
        return label;
    }
}
