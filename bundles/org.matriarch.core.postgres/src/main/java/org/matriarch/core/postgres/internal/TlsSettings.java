package org.matriarch.core.postgres.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/**
 * Whom to trust and who to be in TLS.
 *
 * @param rootCertificate empty for the authorities that Java knows, or none if the mode verifies nothing
 */
record TlsSettings(
        TlsMode mode,
        boolean systemTrust,
        Optional<Path> rootCertificate,
        Optional<Path> certificate,
        Optional<Path> key,
        Optional<String> keyPassword) {

    private static final char[] NO_PASSWORD = new char[0];

    /**
     * Returns the settings of a connection string, with libpq's default files.
     *
     * @throws MatriarchException {@code CONFIGURATION_INVALID} if a file that is needed is not there
     */
    static TlsSettings of(ConnectionString connection, LocalUser local) {
        TlsMode mode = connection.tlsMode();
        Optional<Path> root = Optional.empty();
        if (!connection.systemTrust() && mode.isMandatory()) {
            Path file = connection.findFile("sslrootcert").orElseGet(() -> local.certificateFile("root.crt"));
            if (Files.exists(file)) {
                root = Optional.of(file);
            } else if (mode.isVerifying()) {
                throw new MatriarchException(
                        ErrorCode.CONFIGURATION_INVALID,
                        "unable to use %s: sslmode is %s, but root certificate file '%s' does not exist"
                                .formatted(connection.subject(), mode.keyword(), file),
                        "set sslrootcert to a PEM file with the authority's certificate, or to 'system'.");
            }
        }
        Optional<Path> certificate = connection
                .findFile("sslcert")
                .or(() -> Optional.of(local.certificateFile("postgresql.crt")).filter(Files::exists));
        Optional<Path> key = certificate.map(
                file -> connection.findFile("sslkey").orElseGet(() -> local.certificateFile("postgresql.key")));
        return new TlsSettings(mode, connection.systemTrust(), root, certificate, key, connection.find("sslpassword"));
    }

    /** Returns whether the server's certificate is checked: also by {@code require} if there is a root, as libpq does. */
    boolean verifiesCertificate() {
        return mode.isVerifying() || rootCertificate.isPresent();
    }

    /** Returns a context for one connection; the files are read anew, so that a renewed certificate counts at once. */
    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), trustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "unable to set up TLS: %s".formatted(e.getMessage()),
                    "look at sslrootcert, sslcert and sslkey of the connection string.",
                    e);
        }
    }

    private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException, IOException {
        if (systemTrust) {
            return null; // what Java trusts
        }
        if (rootCertificate.isEmpty()) {
            return new TrustManager[] {new TrustEverybody()};
        }
        KeyStore roots = emptyStore();
        List<X509Certificate> certificates = read(rootCertificate.get(), PemFile::certificates);
        for (int i = 0; i < certificates.size(); i++) {
            roots.setCertificateEntry("root" + i, certificates.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(roots);
        return factory.getTrustManagers();
    }

    private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
        if (certificate.isEmpty() || key.isEmpty()) {
            return null;
        }
        requirePrivate(key.get());
        List<X509Certificate> chain = read(certificate.get(), PemFile::certificates);
        PrivateKey privateKey = read(key.get(), file -> file.privateKey(keyPassword));
        KeyStore store = emptyStore();
        store.setKeyEntry("client", privateKey, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** As libpq: nobody else may read the key, but a key of root's may be read by its group. */
    private static void requirePrivate(Path key) throws GeneralSecurityException, IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(key, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        PosixFileAttributes attributes;
        try {
            attributes = view.readAttributes();
        } catch (IOException e) {
            throw new GeneralSecurityException("private key file '%s' cannot be read".formatted(key), e);
        }
        Set<PosixFilePermission> allowed = EnumSet.of(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
        if (attributes.owner().getName().equals("root")) {
            allowed.add(PosixFilePermission.GROUP_READ);
        }
        if (!allowed.containsAll(attributes.permissions())) {
            throw new GeneralSecurityException(
                    "private key file '%s' is open to others; its mode must be 0600, or 0640 if root owns it"
                            .formatted(key));
        }
    }

    private static <T> T read(Path path, Reading<T> reading) throws GeneralSecurityException {
        try {
            return reading.read(new PemFile(path));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new GeneralSecurityException("file '%s' cannot be used: %s".formatted(path, e.getMessage()), e);
        }
    }

    /** A way to read a PEM file. */
    private interface Reading<T> {
        T read(PemFile file) throws GeneralSecurityException, IOException;
    }

    /** Shows no secret. */
    @Override
    public String toString() {
        return "TlsSettings[%s, root %s, certificate %s]".formatted(mode, rootCertificate, certificate);
    }
}
