package org.matriarch.api.schedule;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * One of the five fields of a cron expression.
 *
 * @param values that match; never changed, never empty
 * @param open whether it begins with {@code *}, by which cron decides how the two fields of days go together
 */
record CronField(BitSet values, boolean open) {

    /** Which field it is, what may stand there, and the names that stand for numbers from {@code least} on. */
    enum Kind {
        MINUTE("minute", 0, 59, ""),
        HOUR("hour", 0, 23, ""),
        DAY_OF_MONTH("day of month", 1, 31, ""),
        MONTH("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
        DAY_OF_WEEK("day of week", 0, 7, "SUN MON TUE WED THU FRI SAT");

        private final String label;
        private final int least;
        private final int greatest;
        private final String names;

        Kind(String label, int least, int greatest, String names) {
            this.label = label;
            this.least = least;
            this.greatest = greatest;
            this.names = names;
        }

        String nameOf(int value) {
            return names().get(value - least);
        }

        private List<String> names() {
            return names.isEmpty() ? List.of() : List.of(names.split(" ", -1));
        }
    }

    private static final int SUNDAY = 7;

    /** Reads a field; an {@link IllegalArgumentException} says what is wrong with it. */
    static CronField parse(Kind kind, String text) {
        BitSet values = new BitSet();
        for (String item : text.split(",", -1)) {
            addItem(kind, item, values);
        }
        if (kind == Kind.DAY_OF_WEEK && values.get(SUNDAY)) {
            values.clear(SUNDAY);
            values.set(0);
        }
        return new CronField(values, text.startsWith("*"));
    }

    boolean matches(int value) {
        return values.get(value);
    }

    private static void addItem(Kind kind, String item, BitSet values) {
        int slash = item.indexOf('/');
        String range = slash < 0 ? item : item.substring(0, slash);
        int hyphen = range.indexOf('-');
        int first;
        int last;
        if (range.equals("*")) {
            first = kind.least;
            last = kind == Kind.DAY_OF_WEEK ? SUNDAY - 1 : kind.greatest;
        } else if (hyphen < 0) {
            first = value(kind, range);
            last = first;
        } else {
            first = value(kind, range.substring(0, hyphen));
            last = end(kind, first, range.substring(hyphen + 1));
        }
        if (slash >= 0 && hyphen < 0 && !range.equals("*")) {
            throw new IllegalArgumentException("the %s '%s' has a step without a range".formatted(kind.label, item));
        }
        if (first > last) {
            throw new IllegalArgumentException("the %s '%s' runs backwards".formatted(kind.label, range));
        }
        int step = slash < 0 ? 1 : step(kind, item.substring(slash + 1));
        for (int value = first; value <= last; value += step) {
            values.set(value);
        }
    }

    /** Returns the end of a range: SUN is the end of a week that has begun. */
    private static int end(Kind kind, int first, String text) {
        int last = value(kind, text);
        return kind == Kind.DAY_OF_WEEK && last == 0 && first > 0 ? SUNDAY : last;
    }

    private static int step(Kind kind, String text) {
        int step = number(text);
        if (step < 1 || step > kind.greatest) {
            throw new IllegalArgumentException(
                    "the step '%s' of the %s is not from 1 to %d".formatted(text, kind.label, kind.greatest));
        }
        return step;
    }

    private static int value(Kind kind, String text) {
        int name = kind.names().indexOf(text.toUpperCase(Locale.ROOT));
        int value = name < 0 ? number(text) : name + kind.least;
        if (value < kind.least || value > kind.greatest) {
            String names = kind.names().isEmpty()
                    ? ""
                    : ", or %s to %s"
                            .formatted(
                                    kind.names().get(0),
                                    kind.names().get(kind.names().size() - 1));
            throw new IllegalArgumentException(
                    "the %s '%s' is not from %d to %d%s".formatted(kind.label, text, kind.least, kind.greatest, names));
        }
        return value;
    }

    /** Returns a number of one or two digits; -1 for anything else. */
    private static int number(String text) {
        boolean digits = !text.isEmpty()
                && text.length() <= 2
                && text.chars().allMatch(character -> character >= '0' && character <= '9');
        return digits ? Integer.parseInt(text) : -1;
    }
}
