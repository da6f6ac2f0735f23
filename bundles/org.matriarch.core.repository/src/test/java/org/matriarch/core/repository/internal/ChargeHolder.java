package org.matriarch.core.repository.internal;

import java.io.IOException;
import java.nio.file.Path;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repository;

/** Another process that writes to a repository: stores a file, says so, and stays until it is killed or its input ends. */
final class ChargeHolder {

    private ChargeHolder() {}

    /** Takes the directory and a file to archive, and its name. */
    @SuppressWarnings("SystemOut") // the process that started it reads that
    public static void main(String[] arguments) throws IOException {
        Repository repository = ChargeTest.repository(Path.of(arguments[0]));
        repository.wal().store(new WalFileName(arguments[2]), Path.of(arguments[1]));
        System.out.println("stored");
        while (System.in.read() >= 0) {
            System.out.println(repository.wal().entries().size());
        }
    }
}
