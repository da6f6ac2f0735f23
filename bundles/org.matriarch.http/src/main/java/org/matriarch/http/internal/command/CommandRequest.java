package org.matriarch.http.internal.command;

import java.nio.file.Path;
import java.util.List;

/**
 * A command as a caller outside the container asks for it.
 *
 * @param words the command's name, then its arguments, each exactly as given
 * @param directory the caller's working directory
 * @param columns width of the caller's terminal; 0 if unknown
 * @param sameTerminal whether both go to one terminal, so that their order matters
 */
public record CommandRequest(
        List<String> words,
        Path directory,
        int columns,
        boolean outputIsTerminal,
        boolean errorIsTerminal,
        boolean sameTerminal) {

    /** Keeps its own copy. */
    public CommandRequest {
        words = List.copyOf(words);
    }
}
