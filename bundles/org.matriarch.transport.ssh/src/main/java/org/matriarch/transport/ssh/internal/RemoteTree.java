package org.matriarch.transport.ssh.internal;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.SftpATTRS;
import com.jcraft.jsch.SftpException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.transport.CopySource.Area;
import org.matriarch.spi.transport.DataDirectoryFilter;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransportException;

/**
 * Lists the directories of a data directory that the backup takes, over one SFTP channel. What vanishes meanwhile is left
 * out: the server removes files at any time, and recovery knows. Links are followed, except those of tablespaces.
 *
 * <p>Names that a shell or a pattern would take for something else are only names here.
 */
final class RemoteTree {

    private static final int PERMISSIONS = 0777;

    private final String host;
    private final ChannelSftp channel;
    private final TransferReceiver receiver;
    private final List<RemoteFile> files = new ArrayList<>();

    RemoteTree(Connection connection, TransferReceiver receiver) {
        this.host = connection.host();
        this.channel = connection.files();
        this.receiver = receiver;
    }

    /** Returns all files that were found. */
    List<RemoteFile> files() {
        return files;
    }

    /** Lists an area, and gives its directories to the receiver. */
    void add(Area area) throws IOException, InterruptedException {
        try {
            list(area, "", area.directory());
        } catch (SftpException e) {
            throw Failures.reading(host, area.directory(), e);
        }
    }

    /** Notes a single file, which becomes one of the top of the data directory. */
    void addConfiguration(String location) throws TransportException {
        var path = BackupPath.ofData(location.substring(location.lastIndexOf('/') + 1));
        if (files.stream().anyMatch(file -> file.path().equals(path))) {
            throw Failures.inTheWay(host, location);
        }
        try {
            SftpATTRS attributes = channel.stat(escaped(location));
            files.add(file(path, location, attributes));
        } catch (SftpException e) {
            throw Failures.reading(host, location, e);
        }
    }

    private void list(Area area, String prefix, String directory)
            throws SftpException, IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while listing '%s'".formatted(directory));
        }
        for (ChannelSftp.LsEntry entry : channel.ls(escaped(directory))) {
            String name = entry.getFilename();
            if (!name.equals(".") && !name.equals("..")) {
                look(area, prefix + name, directory + "/" + name, entry.getAttrs());
            }
        }
    }

    private void look(Area area, String relative, String location, SftpATTRS found)
            throws SftpException, IOException, InterruptedException {
        BackupPath path = path(area, relative, location);
        boolean tablespace = area.oid() == 0 && relative.matches("pg_tblspc/\\d+");
        if (found.isLink() && tablespace) {
            return; // an area of its own
        }
        try {
            SftpATTRS attributes = found.isLink() ? channel.stat(escaped(location)) : found;
            if (attributes.isDir()) {
                enter(area, path, location, attributes);
            } else if (attributes.isReg() && DataDirectoryFilter.takesFile(path)) {
                files.add(file(path, location, attributes));
            }
        } catch (SftpException e) {
            if (!Failures.isMissing(e)) {
                throw Failures.reading(host, location, e);
            }
        }
    }

    private void enter(Area area, BackupPath path, String location, SftpATTRS attributes)
            throws SftpException, IOException, InterruptedException {
        if (DataDirectoryFilter.takesDirectory(path)) {
            receiver.directory(path, attributes.getPermissions() & PERMISSIONS, modified(attributes));
        }
        if (DataDirectoryFilter.looksInto(path)) {
            list(area, path.path() + "/", location);
        }
    }

    private BackupPath path(Area area, String relative, String location) throws TransportException {
        if (relative.indexOf('\uFFFD') >= 0) {
            throw Failures.unnameable(host, location);
        }
        return new BackupPath(area.oid(), relative);
    }

    private static RemoteFile file(BackupPath path, String location, SftpATTRS attributes) {
        return new RemoteFile(
                path, location, attributes.getSize(), attributes.getPermissions() & PERMISSIONS, modified(attributes));
    }

    private static Instant modified(SftpATTRS attributes) {
        return Instant.ofEpochSecond(Integer.toUnsignedLong(attributes.getMTime()));
    }

    /** Returns a path as the library wants it, which takes patterns otherwise. */
    static String escaped(String path) {
        return path.replaceAll("[\\\\*?]", "\\\\$0");
    }
}
