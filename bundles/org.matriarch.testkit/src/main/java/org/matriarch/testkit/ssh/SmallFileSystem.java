package org.matriarch.testkit.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file system of a few MiB that only those see who enter it: in a mount namespace of its own, which an ordinary user may have,
 * too, and which leaves no mount behind.
 */
public final class SmallFileSystem implements AutoCloseable {

    private static final List<String> SFTP_SERVERS =
            List.of("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server");

    private static final String READY = "ready";

    private final Path directory;
    private final boolean root;
    private final Process holder;

    private SmallFileSystem(Path directory, boolean root, Process holder) {
        this.directory = directory;
        this.root = root;
        this.holder = holder;
    }

    /** Mounts so many MiB at a directory. */
    public static SmallFileSystem at(Path directory, int mebibytes) {
        boolean root = "root".equals(System.getProperty("user.name"));
        String script = "mount -t tmpfs -o size=%dm tmpfs \"$1\" && echo %s && read end".formatted(mebibytes, READY);
        try {
            Process holder = new ProcessBuilder(
                            "unshare", root ? "-m" : "-Urm", "sh", "-c", script, "sh", directory.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            byte[] said = holder.getInputStream().readNBytes(READY.length());
            if (!READY.equals(new String(said, UTF_8))) {
                throw new IllegalStateException("no file system could be mounted at '%s'".formatted(directory));
            }
            return new SmallFileSystem(directory, root, holder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a line of sshd_config that has everybody's SFTP see it. */
    public String forSftp() {
        String program = SFTP_SERVERS.stream()
                .filter(file -> Files.isExecutable(Path.of(file)))
                .findFirst()
                .orElseThrow();
        return "ForceCommand %s %s".formatted(String.join(" ", enter()), program);
    }

    /** Takes all the room that is left. */
    public void fill() {
        run("cat /dev/zero > \"$1/filler\" 2> /dev/null || true");
    }

    /** Returns what a directory in it holds, a name per line. */
    public String list(Path below) {
        return run("ls -A '%s'".formatted(below));
    }

    private String run(String script) {
        var command = new ArrayList<>(enter());
        command.addAll(List.of("sh", "-c", script, "sh", directory.toString()));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("%s failed: %s".formatted(command, text));
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private List<String> enter() {
        String pid = Long.toString(holder.pid());
        return root
                ? List.of("nsenter", "-t", pid, "-m")
                : List.of("nsenter", "-t", pid, "-U", "-m", "--preserve-credentials");
    }

    /** Ends it, with all that is in it. */
    @Override
    public void close() {
        holder.destroy();
        holder.onExit().join();
    }
}
