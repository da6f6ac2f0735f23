package org.matriarch.core.repository.internal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.FileWriter;
import org.matriarch.spi.storage.ObjectWriter;
import org.matriarch.spi.storage.StorageException;

/** Hands the bytes of one file to the store, and computes their checksum as they pass. */
final class PlainFileWriter implements FileWriter {

    /** What a writer tells the backup that it writes for. */
    interface Owner {

        /** All bytes of the file were written. */
        void completing(BackupEntry announced);

        /** The file is stored whole. */
        void completed(BackupEntry entry);

        /** Nothing more will be written, whether the file is whole or not. */
        void closed();
    }

    private final ObjectWriter writer;
    private final BackupEntry announced;
    private final Owner owner;
    private final MessageDigest digest = sha256();
    private boolean closed;

    PlainFileWriter(ObjectWriter writer, BackupEntry announced, Owner owner) {
        this.writer = writer;
        this.announced = announced;
        this.owner = owner;
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
        try {
            writer.write(buffer, offset, length);
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
        digest.update(buffer, offset, length);
    }

    @Override
    public BackupEntry complete() {
        // Mode and time are set before the store syncs the file, so that they cost no sync of their own.
        owner.completing(announced);
        try {
            writer.complete();
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
        var entry = new BackupEntry(
                announced.path(),
                false,
                announced.sizeBytes(),
                announced.mode(),
                announced.modified(),
                Optional.of(HexFormat.of().formatHex(digest.digest())));
        owner.completed(entry);
        return entry;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        owner.closed();
        try {
            writer.close();
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
