package org.matriarch.core.recovery.internal;

import java.util.Locale;

/** Sizes in words. */
final class Sizes {

    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final double STEP = 1024;

    private Sizes() {}

    /** Says how much of all there is was not copied. */
    static String kept(long keptBytes, long allBytes) {
        double kept = keptBytes;
        double all = allBytes;
        int unit = 0;
        while (all >= STEP && unit < UNITS.length - 1) {
            kept /= STEP;
            all /= STEP;
            unit++;
        }
        String number = unit == 0 ? "%.0f" : "%.1f";
        return String.format(Locale.ROOT, number + " of " + number + " %s were there already", kept, all, UNITS[unit]);
    }
}
