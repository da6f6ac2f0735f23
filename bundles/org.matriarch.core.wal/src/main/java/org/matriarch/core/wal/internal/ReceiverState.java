package org.matriarch.core.wal.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.matriarch.api.model.Lsn;

/**
 * What an operator told a receiver, kept across restarts in {@code receiver.state} of the server's home.
 *
 * @param stopped whether it was stopped by command
 * @param reset where it was moved to by command
 */
record ReceiverState(boolean stopped, Optional<ReceiveStart> reset) {

    private static final String FILE = "receiver.state";

    /** What holds if nobody ever told it anything. */
    static final ReceiverState DEFAULT = new ReceiverState(false, Optional.empty());

    static ReceiverState read(Path home) throws IOException {
        Path file = home.resolve(FILE);
        if (!Files.exists(file)) {
            return DEFAULT;
        }
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, UTF_8)) {
            properties.load(reader);
            String timeline = properties.getProperty("reset.timeline");
            String position = properties.getProperty("reset.position");
            return new ReceiverState(
                    Boolean.parseBoolean(properties.getProperty("stopped")),
                    timeline == null || position == null
                            ? Optional.empty()
                            : Optional.of(new ReceiveStart(Integer.parseUnsignedInt(timeline), Lsn.parse(position))));
        } catch (IllegalArgumentException e) {
            throw new IOException("'%s' cannot be understood: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Replaces the file, durably. */
    void write(Path home, WalDisk disk) throws IOException {
        var text = new StringBuilder("stopped=").append(stopped).append('\n');
        reset.ifPresent(place -> text.append("reset.timeline=")
                .append(Integer.toUnsignedString(place.timeline()))
                .append("\nreset.position=")
                .append(place.position())
                .append('\n'));
        disk.createDirectory(home);
        Path temporary = home.resolve(FILE + ".tmp");
        disk.delete(temporary);
        try (WalDisk.OpenFile file = disk.open(temporary)) {
            file.write(ByteBuffer.wrap(text.toString().getBytes(UTF_8)), 0);
            file.sync();
        }
        disk.rename(temporary, home.resolve(FILE));
        disk.syncDirectory(home);
    }
}
