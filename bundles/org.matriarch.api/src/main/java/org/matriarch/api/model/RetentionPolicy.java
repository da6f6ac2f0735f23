package org.matriarch.api.model;

import java.time.Duration;

/** Which backups a server is to have: so many, or as many as recovery to any time of a window needs. */
public sealed interface RetentionPolicy {

    /** The latest {@code backups} whole backups; at least 1. */
    record Redundancy(int backups) implements RetentionPolicy {

        /** Refuses a policy that keeps nothing. */
        public Redundancy {
            requirePositive(backups);
        }

        @Override
        public String toString() {
            return "REDUNDANCY " + backups;
        }
    }

    /** All that is needed to recover to any time between {@code count} units ago and now; at least 1. */
    record RecoveryWindow(int count, Unit unit) implements RetentionPolicy {

        /** Refuses a policy that keeps nothing. */
        public RecoveryWindow {
            requirePositive(count);
        }

        /** Returns how far back the window reaches. */
        public Duration length() {
            return Duration.ofDays((long) count * unit.days);
        }

        @Override
        public String toString() {
            return "RECOVERY WINDOW OF " + count + " " + unit;
        }
    }

    /** How a window is measured. */
    enum Unit {
        /** 24 hours. */
        DAYS(1),
        /** 7 days. */
        WEEKS(7),
        /** 31 days, as in Barman. */
        MONTHS(31);

        private final int days;

        Unit(int days) {
            this.days = days;
        }
    }

    private static void requirePositive(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("%d is not at least 1".formatted(number));
        }
    }
}
