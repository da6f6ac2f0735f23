package org.matriarch.api.hook;

/** Whether a hook runs before the work or after it. */
public enum HookPhase {
    /** Before. */
    PRE("pre"),
    /** After, whether or not it succeeded. */
    POST("post");

    private final String word;

    HookPhase(String word) {
        this.word = word;
    }

    /** Returns the word that stands for it in the names of options. */
    public String word() {
        return word;
    }
}
