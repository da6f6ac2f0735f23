package org.matriarch.itests.postgres;

/** Compares backup ids, whose text orders as their time does. */
final class BackupIds {

    private BackupIds() {}

    static String newer(String first, String second) {
        return first.compareTo(second) >= 0 ? first : second;
    }
}
