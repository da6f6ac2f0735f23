package org.matriarch.core.recovery.internal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The checksum of manifests. */
final class Sha256 {

    private Sha256() {}

    /** Returns a digest that has seen nothing yet. */
    static MessageDigest begin() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
