package org.matriarch.api.hook;

/** The work that hooks run before and after. */
public enum HookEvent {
    /** A backup is taken. */
    BACKUP("backup"),
    /** A WAL file is archived. */
    ARCHIVE("archive"),
    /** A backup is deleted. */
    DELETE("delete"),
    /** A WAL file is deleted from the archive. */
    WAL_DELETE("wal_delete"),
    /** A backup is restored. */
    RECOVERY("recovery");

    private final String word;

    HookEvent(String word) {
        this.word = word;
    }

    /** Returns the word that stands for it in the names of options. */
    public String word() {
        return word;
    }
}
