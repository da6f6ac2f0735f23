package org.matriarch.http.internal.wal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.matriarch.http.internal.HttpKeys;

/** Who the container is towards database hosts: a certificate with its key, read from PEM files. */
final class TlsIdentity {

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Pattern OTHER_KEY = Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----");
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final WalDoorSettings.TlsFiles files;
    private final byte[] fingerprint;
    private final SSLContext context;

    private TlsIdentity(WalDoorSettings.TlsFiles files, byte[] fingerprint, SSLContext context) {
        this.files = files;
        this.fingerprint = fingerprint;
        this.context = context;
    }

    /**
     * Reads the files.
     *
     * @throws IllegalArgumentException naming the file and what is wrong with it
     */
    static TlsIdentity of(WalDoorSettings.TlsFiles files) {
        byte[] certificates = read(HttpKeys.TLS_CERTIFICATE, files.certificate());
        byte[] key = read(HttpKeys.TLS_KEY, files.key());
        List<X509Certificate> chain = chain(files, certificates);
        PrivateKey privateKey = key(files, key);
        requirePair(files, chain.get(0), privateKey);
        try {
            return new TlsIdentity(files, fingerprint(certificates, key), context(chain, privateKey));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("unable to use '%s': %s".formatted(files.certificate(), e), e);
        }
    }

    /** Returns whether the files hold something else by now, as after the renewal of a certificate. */
    boolean isOutdated() {
        try {
            byte[] now = fingerprint(Files.readAllBytes(files.certificate()), Files.readAllBytes(files.key()));
            return !MessageDigest.isEqual(now, fingerprint);
        } catch (IOException e) {
            return false; // being replaced
        }
    }

    HttpsConfigurator configurator() {
        return new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = context.getDefaultSSLParameters();
                wanted.setProtocols(PROTOCOLS);
                parameters.setSSLParameters(wanted);
            }
        };
    }

    private static SSLContext context(List<X509Certificate> chain, PrivateKey key)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] none = new char[0];
        store.setKeyEntry("door", key, none, chain.toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, none);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static byte[] read(String option, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "unable to read value '%s' of key '%s': %s".formatted(file, option, e), e);
        }
    }

    private static List<X509Certificate> chain(WalDoorSettings.TlsFiles files, byte[] pem) {
        try {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            var chain = new ArrayList<X509Certificate>();
            found.forEach(certificate -> chain.add((X509Certificate) certificate));
            if (!chain.isEmpty()) {
                return chain;
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "'%s' of key '%s' holds no certificate: %s"
                            .formatted(files.certificate(), HttpKeys.TLS_CERTIFICATE, e.getMessage()),
                    e);
        }
        throw new IllegalArgumentException("'%s' of key '%s' holds no certificate in PEM form"
                .formatted(files.certificate(), HttpKeys.TLS_CERTIFICATE));
    }

    private static PrivateKey key(WalDoorSettings.TlsFiles files, byte[] pem) {
        String text = new String(pem, US_ASCII);
        Matcher matcher = KEY.matcher(text);
        if (!matcher.find()) {
            Matcher other = OTHER_KEY.matcher(text);
            throw new IllegalArgumentException(
                    ("'%s' of key '%s' holds %s, wanted is an unencrypted PRIVATE KEY in PEM form; "
                                    + "'openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW' makes one")
                            .formatted(
                                    files.key(), HttpKeys.TLS_KEY, other.find() ? "an " + other.group(1) : "no key"));
        }
        byte[] encoded = Base64.getMimeDecoder().decode(matcher.group(1));
        // The key does not say of what kind it is before it is read.
        return decode(encoded, "RSA")
                .or(() -> decode(encoded, "EC"))
                .orElseThrow(() -> new IllegalArgumentException(
                        "'%s' of key '%s' is neither an RSA nor an EC key".formatted(files.key(), HttpKeys.TLS_KEY)));
    }

    private static Optional<PrivateKey> decode(byte[] encoded, String algorithm) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static void requirePair(WalDoorSettings.TlsFiles files, X509Certificate certificate, PrivateKey key) {
        String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        try {
            byte[] sample = files.key().toString().getBytes(US_ASCII);
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(sample);
            if (signature.verify(signed)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            throw unpaired(files, e);
        }
        throw unpaired(files, null);
    }

    private static IllegalArgumentException unpaired(WalDoorSettings.TlsFiles files, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "'%s' is not the key of the first certificate in '%s'".formatted(files.key(), files.certificate()),
                cause);
    }

    private static byte[] fingerprint(byte[] certificates, byte[] key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(certificates);
            digest.update((byte) 0);
            return digest.digest(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
