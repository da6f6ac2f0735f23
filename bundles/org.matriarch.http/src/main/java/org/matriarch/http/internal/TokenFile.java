package org.matriarch.http.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.matriarch.api.file.DurableFile;

/** The file by which callers on this machine find the door and may open it. Only its owner can read it. */
final class TokenFile {

    private final Path file;
    private final String content;

    private TokenFile(Path file, String content) {
        this.file = file;
        this.content = content;
    }

    /** Puts address and token into the file, at once and never readable by others. */
    static TokenFile write(Path file, String url, String token) throws IOException {
        String content = "url=%s\ntoken=%s\n".formatted(url, token);
        DurableFile.replace(file, content.getBytes(US_ASCII));
        return new TokenFile(file, content);
    }

    /** Removes the file, unless another container has written its own meanwhile. */
    void remove() throws IOException {
        if (Files.exists(file) && Files.readString(file, US_ASCII).equals(content)) {
            Files.delete(file);
        }
    }
}
