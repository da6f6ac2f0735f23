package org.matriarch.transport.ssh.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.spi.transport.HostFile;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.spi.transport.TransportException;

/** The files of a host that is reached over SSH. They belong to the user that we log in as. */
final class RemoteFiles implements HostFiles {

    private final SessionPool pool;
    private final RemoteDigests digests;

    RemoteFiles(SessionPool pool) {
        this.pool = pool;
        this.digests = new RemoteDigests(pool.host().name());
    }

    /** Something to do on a connection. */
    @FunctionalInterface
    private interface Step<T> {
        T on(SftpSession session) throws IOException;
    }

    /** The same without a result. */
    @FunctionalInterface
    private interface Act {
        void on(SftpSession session) throws IOException;
    }

    private <T> T ask(Path path, Step<T> step) throws IOException {
        SftpSession session = pool.borrow();
        boolean usable = false;
        try {
            T result = step.on(session);
            usable = true;
            return result;
        } catch (SftpSession.Refusal e) {
            usable = true;
            throw Failures.refused(host(), path, e);
        } catch (TransportException e) {
            throw e;
        } catch (IOException e) {
            throw Failures.broken(host(), e);
        } finally {
            pool.giveBack(session, usable);
        }
    }

    private void act(Path path, Act act) throws IOException {
        ask(path, session -> {
            act.on(session);
            return true;
        });
    }

    private String host() {
        return pool.host().name();
    }

    @Override
    public String describe(Path path) {
        return "%s:%s".formatted(host(), path);
    }

    @Override
    public Optional<HostFile> find(Path path) throws IOException {
        return ask(path, session -> session.find(path));
    }

    @Override
    public List<HostFile> list(Path directory) throws IOException {
        return ask(directory, session -> session.list(directory));
    }

    @Override
    public byte[] read(Path file) throws IOException {
        var content = new ByteArrayOutputStream();
        act(file, session -> session.read(file, 1, content::writeBytes));
        return content.toByteArray();
    }

    @Override
    public Path readLink(Path link) throws IOException {
        return ask(link, session -> session.readLink(link));
    }

    @Override
    public Map<Path, String> sha256(List<Path> files) throws IOException, InterruptedException {
        SftpSession session = pool.borrow();
        boolean usable = false;
        try {
            Map<Path, String> found = digests.of(files, session);
            usable = true;
            return found;
        } catch (TransportException e) {
            throw e;
        } catch (IOException e) {
            throw Failures.broken(host(), e);
        } finally {
            pool.giveBack(session, usable);
        }
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        act(directory, session -> {
            try {
                session.makeDirectory(directory);
            } catch (SftpSession.Refusal e) {
                boolean there = session.find(directory)
                        .filter(file -> file.kind() == HostFile.Kind.DIRECTORY)
                        .isPresent();
                if (!there) {
                    throw e;
                }
            }
        });
    }

    @Override
    public Output create(Path file, int mode) throws IOException {
        SftpSession session = pool.borrow();
        boolean created = false;
        boolean usable = false;
        try {
            var output = new RemoteOutput(pool, session, file, session.create(file), mode);
            created = true;
            return output;
        } catch (SftpSession.Refusal e) {
            boolean taken = session.exists(file);
            usable = true;
            if (taken) {
                throw new FileAlreadyExistsException(describe(file));
            }
            throw Failures.refused(host(), file, RemoteOutput.explained(session, file, e));
        } catch (IOException e) {
            throw Failures.broken(host(), e);
        } finally {
            if (!created) {
                pool.giveBack(session, usable);
            }
        }
    }

    @Override
    public void setMode(Path path, int mode) throws IOException {
        act(path, session -> session.setMode(path, mode));
    }

    @Override
    public void link(Path link, Path target) throws IOException {
        act(link, session -> session.link(link, target));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        act(from, session -> session.rename(from, to));
    }

    @Override
    public void delete(Path path) throws IOException {
        act(path, session -> session.delete(path));
    }

    @Override
    public void sync(Path path) throws IOException {
        act(path, session -> session.sync(path));
    }

    @Override
    public Room room(Path path) throws IOException {
        SftpSession.FileSystem found = ask(path, session -> session.fileSystem(path));
        // Some file systems have no number; then the size has to tell them apart.
        return new Room("%x-%d".formatted(found.id(), found.sizeBytes()), found.usableBytes());
    }

    @Override
    public void close() {
        pool.close();
    }
}
