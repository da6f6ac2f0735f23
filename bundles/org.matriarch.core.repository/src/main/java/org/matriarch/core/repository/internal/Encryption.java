package org.matriarch.core.repository.internal;

/**
 * Recognises what Barman has encrypted with gpg, so that nobody takes it for damaged.
 *
 * <p>Source: RFC 4880, 4.2 and 5: a message begins with a packet that holds a session key, of tag 1 or 3.
 */
final class Encryption {

    /** What Barman calls it. */
    static final String GPG = "gpg";

    private static final int PACKET = 0x80;
    private static final int NEW_FORMAT = 0x40;
    private static final int OF_PUBLIC_KEY = 1;
    private static final int OF_PASSPHRASE = 3;

    private Encryption() {}

    /** Returns whether bytes that are neither WAL nor compressed begin an OpenPGP message. */
    static boolean isOpenPgp(byte[] head) {
        if (head.length < 2 || head[1] == (byte) 0xD1) { // a WAL page has it there
            return false;
        }
        int first = head[0] & 0xff;
        int tag = (first & NEW_FORMAT) == 0 ? (first >> 2) & 0xf : first & 0x3f;
        return (first & PACKET) != 0 && (tag == OF_PUBLIC_KEY || tag == OF_PASSPHRASE);
    }
}
