package org.matriarch.transport.ssh.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.matriarch.spi.transport.HostFile;

/**
 * The steps of a restore on one connection. What the server refuses is a {@link Refusal}, after which the connection goes on;
 * any other failure is the connection's. Used by one thread at a time.
 */
final class SftpSession {

    /** What has to be there so that files can be brought to the disk, put in place of others, and room be told. */
    static final List<String> NEEDED = List.of("fsync@openssh.com", "posix-rename@openssh.com", "statvfs@openssh.com");

    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int DIRECTORY = 0040000;
    private static final int LINK = 0120000;
    private static final int PERMISSIONS = 0777;
    private static final int OWNER_DIRECTORY = 0700;
    private static final int OWNER_FILE = 0600;
    private static final int PIECE = 32 << 10;

    /** The server lists as {@code ls -l} does, which tells the number of names after the mode. */
    private static final Pattern LONG_NAME = Pattern.compile("^[-a-z]\\S{9,} +(\\d{1,9}) .*", Pattern.DOTALL);

    private final Sftp sftp;

    SftpSession(Sftp sftp) {
        this.sftp = sftp;
    }

    /** The server does not do something. */
    static final class Refusal extends IOException {

        private static final long serialVersionUID = 1L;

        private final int status;

        Refusal(int status, String message) {
            super(message);
            this.status = status;
        }

        /** Returns why, as a number of the protocol. */
        int status() {
            return status;
        }
    }

    /** Returns the connection. */
    Sftp sftp() {
        return sftp;
    }

    Optional<HostFile> find(Path path) throws IOException {
        return attributes(SftpRequest.STAT, path).map(found -> file(path, found, 1));
    }

    /** Returns whether there is anything of that name, be it a link that leads nowhere. */
    boolean exists(Path path) throws IOException {
        return attributes(SftpRequest.LSTAT, path).isPresent();
    }

    private Optional<SftpAnswer.Attributes> attributes(int type, Path path) throws IOException {
        SftpAnswer answer = sftp.ask(sftp.request(type).path(path));
        if (answer.status() == SftpAnswer.MISSING) {
            return Optional.empty();
        }
        return Optional.of(SftpAnswer.attributes(accepted(answer).body(Sftp.ATTRIBUTES)));
    }

    List<HostFile> list(Path directory) throws IOException {
        byte[] handle = open(sftp.request(SftpRequest.OPENDIR).path(directory));
        var found = new ArrayList<HostFile>();
        while (true) {
            SftpAnswer answer = sftp.ask(withHandle(SftpRequest.READDIR, handle));
            if (answer.status() == SftpAnswer.END) {
                break;
            }
            ByteBuffer body = accepted(answer).body(Sftp.NAME);
            for (int count = body.getInt(); count > 0; count--) {
                String name = Sftp.text(body);
                int links = links(Sftp.text(body));
                SftpAnswer.Attributes attributes = SftpAnswer.attributes(body);
                if (!name.equals(".") && !name.equals("..")) {
                    found.add(file(directory.resolve(name), attributes, links));
                }
            }
        }
        done(withHandle(SftpRequest.CLOSE, handle));
        return found;
    }

    private static int links(String longName) {
        Matcher matcher = LONG_NAME.matcher(longName);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 1;
    }

    private static HostFile file(Path path, SftpAnswer.Attributes found, int links) {
        HostFile.Kind kind = switch (found.mode() & TYPE) {
            case REGULAR -> HostFile.Kind.FILE;
            case DIRECTORY -> HostFile.Kind.DIRECTORY;
            case LINK -> HostFile.Kind.LINK;
            default -> HostFile.Kind.OTHER;
        };
        return new HostFile(path, kind, found.sizeBytes(), found.mode() & PERMISSIONS, links);
    }

    /** Takes the content of a file, piece by piece. */
    @FunctionalInterface
    interface Sink {
        void take(byte[] bytes) throws IOException;
    }

    /** Reads a file with several requests on their way. */
    void read(Path file, int requestsAtOnce, Sink sink) throws IOException {
        byte[] handle = open(sftp.request(SftpRequest.OPEN)
                .path(file)
                .number(SftpRequest.FOR_READING)
                .noAttributes());
        try {
            readAll(handle, requestsAtOnce, sink);
        } finally {
            if (sftp.isConnected()) {
                done(withHandle(SftpRequest.CLOSE, handle));
            }
        }
    }

    private void readAll(byte[] handle, int requestsAtOnce, Sink sink) throws IOException {
        long offset = 0;
        boolean end = false;
        while (!end) {
            var requests = new ArrayList<SftpRequest>();
            for (int i = 0; i < requestsAtOnce; i++) {
                SftpRequest request = withHandle(SftpRequest.READ, handle)
                        .offset(offset + (long) i * PIECE)
                        .number(PIECE);
                sftp.send(request);
                requests.add(request);
            }
            sftp.flush();
            Refusal refusal = null;
            for (SftpRequest request : requests) {
                SftpAnswer answer = sftp.answer(request);
                if (answer.status() == SftpAnswer.END) {
                    end = true;
                } else if (answer.status() != SftpAnswer.OK) {
                    refusal = new Refusal(answer.status(), answer.message());
                } else if (!end) {
                    byte[] bytes = Sftp.bytes(answer.body(Sftp.DATA));
                    sink.take(bytes);
                    offset += bytes.length;
                    end = bytes.length < PIECE; // nobody else writes: less is the rest
                }
            }
            if (refusal != null) {
                throw refusal;
            }
        }
    }

    Path readLink(Path link) throws IOException {
        ByteBuffer body = accepted(sftp.ask(sftp.request(SftpRequest.READLINK).path(link)))
                .body(Sftp.NAME);
        if (body.getInt() != 1) {
            throw new IOException("the SFTP server does not tell where '%s' points".formatted(link));
        }
        return link.resolveSibling(Sftp.text(body)).normalize();
    }

    void makeDirectory(Path directory) throws IOException {
        done(sftp.request(SftpRequest.MKDIR).path(directory).permissions(OWNER_DIRECTORY));
    }

    /** Creates a file that only its owner can read, and returns its handle. */
    byte[] create(Path file) throws IOException {
        return open(sftp.request(SftpRequest.OPEN)
                .path(file)
                .number(SftpRequest.FOR_WRITING | SftpRequest.CREATE | SftpRequest.MUST_NOT_EXIST)
                .permissions(OWNER_FILE));
    }

    void setMode(Path path, int mode) throws IOException {
        done(sftp.request(SftpRequest.SETSTAT).path(path).permissions(mode));
    }

    /** OpenSSH takes the two in the order of its own making: first where the link points. */
    void link(Path link, Path target) throws IOException {
        done(sftp.request(SftpRequest.SYMLINK).path(target).path(link));
    }

    void rename(Path from, Path to) throws IOException {
        done(sftp.extended("posix-rename@openssh.com").path(from).path(to));
    }

    /** Removes a file, a link or an empty directory, if there is one. */
    void delete(Path path) throws IOException {
        SftpAnswer answer = sftp.ask(sftp.request(SftpRequest.REMOVE).path(path));
        if (answer.status() == SftpAnswer.OK || answer.status() == SftpAnswer.MISSING) {
            return;
        }
        boolean directory = attributes(SftpRequest.LSTAT, path)
                .filter(found -> (found.mode() & TYPE) == DIRECTORY)
                .isPresent();
        if (!directory) {
            throw new Refusal(answer.status(), answer.message());
        }
        done(sftp.request(SftpRequest.RMDIR).path(path));
    }

    /** Brings a file or directory to the disk. */
    void sync(Path path) throws IOException {
        byte[] handle = open(sftp.request(SftpRequest.OPEN)
                .path(path)
                .number(SftpRequest.FOR_READING)
                .noAttributes());
        try {
            done(syncOf(handle));
        } finally {
            if (sftp.isConnected()) {
                done(withHandle(SftpRequest.CLOSE, handle));
            }
        }
    }

    SftpRequest syncOf(byte[] handle) {
        return sftp.extended("fsync@openssh.com").data(handle, 0, handle.length);
    }

    /** What statvfs(3) tells of a file system. */
    record FileSystem(long id, long sizeBytes, long usableBytes) {}

    FileSystem fileSystem(Path path) throws IOException {
        ByteBuffer body = accepted(sftp.ask(sftp.extended("statvfs@openssh.com").path(path)))
                .body(Sftp.EXTENDED_REPLY);
        body.getLong();
        long fragment = body.getLong();
        long blocks = body.getLong();
        body.getLong();
        long available = body.getLong();
        body.getLong();
        body.getLong();
        body.getLong();
        return new FileSystem(body.getLong(), blocks * fragment, available * fragment);
    }

    SftpRequest withHandle(int type, byte[] handle) {
        return sftp.request(type).data(handle, 0, handle.length);
    }

    private byte[] open(SftpRequest request) throws IOException {
        return Sftp.bytes(accepted(sftp.ask(request)).body(Sftp.HANDLE));
    }

    private void done(SftpRequest request) throws IOException {
        accepted(sftp.ask(request)).body(Sftp.STATUS);
    }

    /** Returns an answer that is no refusal. */
    static SftpAnswer accepted(SftpAnswer answer) throws Refusal {
        if (answer.status() != SftpAnswer.OK) {
            throw new Refusal(answer.status(), answer.message());
        }
        return answer;
    }
}
