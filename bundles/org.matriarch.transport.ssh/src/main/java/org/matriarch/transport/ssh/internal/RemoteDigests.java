package org.matriarch.transport.ssh.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a host compute checksums by its own {@code sha256sum}, which is told the names through its standard input; or, if it has
 * no such program or runs none for us, reads the files back. Thread-safe.
 */
final class RemoteDigests {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteDigests.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Names are never part of it: they come after, each ended by a zero byte. */
    private static final String COMMAND = "xargs -0 sha256sum -z --";

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *](/.*)", Pattern.DOTALL);
    private static final int REQUESTS = 32;

    private final String host;
    private final AtomicBoolean readsBack = new AtomicBoolean();

    RemoteDigests(String host) {
        this.host = host;
    }

    /** Returns the checksums of files by path; one that cannot be read is left out. */
    Map<Path, String> of(List<Path> files, SftpSession session) throws IOException {
        if (files.isEmpty()) {
            return Map.of();
        }
        if (!readsBack.get()) {
            Map<Path, String> found = asked(files, session);
            if (!found.isEmpty()) {
                return found;
            }
            if (!readsBack.getAndSet(true)) {
                LOG.info("host '{}' does not run '{}' for us; the files are read back instead", host, COMMAND);
            }
        }
        return readBack(files, session);
    }

    private static Map<Path, String> asked(List<Path> files, SftpSession session) throws IOException {
        var names = new ByteArrayOutputStream();
        for (Path file : files) {
            names.writeBytes(file.toString().getBytes(UTF_8));
            names.write(0);
        }
        ChannelExec channel = null;
        try {
            channel = (ChannelExec) session.sftp().session().openChannel("exec");
            channel.setCommand(COMMAND.getBytes(UTF_8));
            channel.setInputStream(new ByteArrayInputStream(names.toByteArray()));
            channel.setErrStream(OutputStream.nullOutputStream());
            InputStream out = channel.getInputStream();
            channel.connect((int) TIMEOUT.toMillis());
            return parse(new String(out.readAllBytes(), UTF_8), Set.copyOf(files));
        } catch (JSchException e) {
            if (!session.sftp().isConnected()) {
                throw new IOException(e.getMessage(), e);
            }
            return Map.of();
        } finally {
            if (channel != null) {
                channel.disconnect();
            }
        }
    }

    private static Map<Path, String> parse(String text, Set<Path> files) {
        var known = new HashSet<>(files);
        var found = new HashMap<Path, String>();
        for (String line : text.split("\0", -1)) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches() && known.remove(Path.of(matcher.group(2)))) {
                found.put(Path.of(matcher.group(2)), matcher.group(1));
            }
        }
        return found;
    }

    private static Map<Path, String> readBack(List<Path> files, SftpSession session) throws IOException {
        var found = new HashMap<Path, String>();
        for (Path file : files) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                session.read(file, REQUESTS, digest::update);
                found.put(file, HexFormat.of().formatHex(digest.digest()));
            } catch (SftpSession.Refusal e) {
                LOG.debug("'{}' of host cannot be read", file, e);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
        return found;
    }
}
