package org.matriarch.core.repository.internal;

import java.util.Optional;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.FileWriter;
import org.matriarch.spi.storage.ObjectWriter;
import org.matriarch.spi.storage.StorageException;

/** Hands the bytes of one file to the store in chunks, and has their checksum computed meanwhile. */
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
    private final ChecksumThreads threads;
    private final ChecksumThreads.Checksum checksum;
    private byte[] chunk;
    private int filled;
    private boolean closed;

    PlainFileWriter(ObjectWriter writer, BackupEntry announced, Owner owner, ChecksumThreads threads) {
        this.writer = writer;
        this.announced = announced;
        this.owner = owner;
        this.threads = threads;
        this.checksum = threads.begin();
        this.chunk = threads.chunk();
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            if (filled == chunk.length) {
                store();
                checksum.add(chunk);
                chunk = threads.chunk();
                filled = 0;
            }
            int count = Math.min(end - at, chunk.length - filled);
            System.arraycopy(buffer, at, chunk, filled, count);
            filled += count;
            at += count;
        }
    }

    private void store() {
        try {
            writer.write(chunk, 0, filled);
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    @Override
    public BackupEntry complete() {
        store();
        return complete(Optional.empty());
    }

    /** Ends the file if its content has a checksum; otherwise it is still to be closed, which gives it up. */
    boolean completeIf(String sha256) {
        store();
        String found = checksum.end(chunk, filled);
        if (!found.equals(sha256)) {
            return false;
        }
        complete(Optional.of(found));
        return true;
    }

    private BackupEntry complete(Optional<String> sha256) {
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
                sha256.or(() -> Optional.of(checksum.end(chunk, filled))));
        owner.completed(entry);
        return entry;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        threads.release(chunk);
        owner.closed();
        try {
            writer.close();
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }
}
