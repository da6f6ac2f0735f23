package org.matriarch.http.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/** The file by which callers on this machine find the door and may open it. Only its owner can read it. */
final class TokenFile {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int TOKEN_BYTES = 32;

    private final Path file;
    private final String content;

    private TokenFile(Path file, String content) {
        this.file = file;
        this.content = content;
    }

    /** Returns a token that nobody can guess. */
    static String newToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Puts address and token into the file, at once and never readable by others. */
    static TokenFile write(Path file, String url, String token) throws IOException {
        String content = "url=%s\ntoken=%s\n".formatted(url, token);
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(temporary, options, ownerOnly)) {
            ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        return new TokenFile(file, content);
    }

    /** Removes the file, unless another container has written its own meanwhile. */
    void remove() throws IOException {
        if (Files.exists(file) && Files.readString(file, US_ASCII).equals(content)) {
            Files.delete(file);
        }
    }
}
