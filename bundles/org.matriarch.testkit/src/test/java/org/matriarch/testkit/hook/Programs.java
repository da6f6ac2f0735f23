package org.matriarch.testkit.hook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Writes the little programs that the contract asks for. */
record Programs(Path directory) {

    String writing(List<String> lines, int exitCode) throws IOException {
        Path text = Files.write(Files.createTempFile(directory, "lines", ".txt"), lines);
        return program("cat '%s'; exit %d".formatted(text, exitCode));
    }

    String writingVariable(String name) throws IOException {
        return program("echo \"$%s\"".formatted(name));
    }

    String lasting(Path started, Path ended) throws IOException {
        return program("touch '%s'; sleep 120; touch '%s'".formatted(started, ended));
    }

    String impossible() {
        return directory.resolve("no such program").toString();
    }

    private String program(String text) throws IOException {
        Path program = Files.createTempFile(directory, "hook", ".sh");
        Files.writeString(program, "#!/bin/sh\n%s\n".formatted(text));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program.toString();
    }
}
