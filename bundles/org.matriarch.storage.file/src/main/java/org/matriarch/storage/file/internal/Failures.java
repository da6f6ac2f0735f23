package org.matriarch.storage.file.internal;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.StorageException;
import org.matriarch.spi.storage.StoreFullException;

/** Says in the words of the SPI what went wrong on the disk. */
final class Failures {

    /** Below this nothing useful can be written; file systems round what they say is free. */
    private static final long FULL_BYTES = 64 << 10;

    private final String store;
    private final Path root;

    Failures(String store, Path root) {
        this.store = store;
        this.root = root;
    }

    /** Returns the exception for a failure to read, write or delete an object. */
    StorageException of(String verb, ObjectName name, IOException cause) {
        if (cause instanceof StorageException failure) {
            return failure;
        }
        if (verb.equals("write") && isFull(cause)) {
            return new StoreFullException(store, name, cause);
        }
        return of(verb, name.value(), cause);
    }

    /** Returns the exception for a failure with what is not one object. */
    StorageException of(String verb, String what, IOException cause) {
        if (cause instanceof StorageException failure) {
            return failure;
        }
        return new StorageException(
                "unable to %s '%s' in store '%s': %s".formatted(verb, what, store, reason(cause)), true, cause);
    }

    /** The words come from the C library, in the language of the machine; so what is free is asked, too. */
    private boolean isFull(IOException cause) {
        String reason = reason(cause).toLowerCase(Locale.ROOT);
        return reason.contains("no space left")
                || reason.contains("quota exceeded")
                || (isFromSystem(cause)
                        && root.toFile().getFreeSpace() < FULL_BYTES
                        && root.toFile().exists());
    }

    private static boolean isFromSystem(IOException cause) {
        return !(cause instanceof ClosedByInterruptException)
                && !(cause instanceof NoSuchFileException)
                && !(cause instanceof AccessDeniedException);
    }

    private static String reason(IOException cause) {
        if (cause instanceof ClosedByInterruptException) {
            return "interrupted";
        }
        if (cause instanceof AccessDeniedException denied) {
            return "permission denied for '%s'".formatted(denied.getFile());
        }
        if (cause instanceof NoSuchFileException missing) {
            return "'%s' has disappeared".formatted(missing.getFile());
        }
        if (cause instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        @Nullable String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
