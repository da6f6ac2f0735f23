package org.matriarch.core.repository.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalInt;
import org.matriarch.api.repository.Compression;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Lends the compressors to the doors. */
@Component
public final class InstalledCompression implements Compression {

    private final Compressors compressors;

    /** Takes the registry. */
    @Activate
    public InstalledCompression(@Reference Compressors compressors) {
        this.compressors = compressors;
    }

    @Override
    public OutputStream compress(String id, OutputStream out) throws IOException {
        return compressors.require(id, "compress with '%s'".formatted(id)).compress(out, OptionalInt.empty());
    }
}
