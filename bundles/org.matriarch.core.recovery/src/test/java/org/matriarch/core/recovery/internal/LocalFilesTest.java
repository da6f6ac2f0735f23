package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.file.Path;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.testkit.transport.HostFilesContract;

final class LocalFilesTest extends HostFilesContract {

    @Override
    protected HostFiles open(Path destination) throws IOException {
        return LocalFiles.at(destination);
    }
}
