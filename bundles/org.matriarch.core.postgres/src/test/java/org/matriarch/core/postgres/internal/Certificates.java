package org.matriarch.core.postgres.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes certificates with the JDK's keytool and writes them as PEM files. */
final class Certificates {

    private static final String PASSWORD = "changeit";

    private final Path directory;
    private final Path store;

    Certificates(Path directory) {
        this.directory = directory;
        store = directory.resolve("store.p12");
    }

    /** Makes an authority. */
    Certificates authority(String alias) {
        keytool("-alias", alias, "-dname", "CN=" + alias, "-ext", "bc:c", "-keyalg", "EC", "-groupname", "secp256r1");
        return this;
    }

    /** Makes a certificate signed by an authority; {@code extension} may be empty. */
    Certificates signed(String alias, String authority, String name, String extension, String algorithm) {
        List<String> arguments = new ArrayList<>(
                List.of("-alias", alias, "-dname", "CN=" + name, "-signer", authority, "-keyalg", algorithm));
        if (!extension.isEmpty()) {
            arguments.addAll(List.of("-ext", extension));
        }
        keytool(arguments.toArray(String[]::new));
        return this;
    }

    private void keytool(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair"));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
        command.addAll(List.of("-validity", "30"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("keytool.log").toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(Files.readString(directory.resolve("keytool.log")));
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a certificate. */
    Path certificate(String alias) throws IOException, GeneralSecurityException {
        Certificate certificate = open().getCertificate(alias);
        return Files.write(directory.resolve(alias + ".crt"), pem("CERTIFICATE", certificate.getEncoded()));
    }

    /** Writes a private key as PKCS#8, readable by its owner only. */
    Path key(String alias) throws IOException, GeneralSecurityException {
        return write(alias + ".key", pem("PRIVATE KEY", privateKey(alias).getEncoded()));
    }

    PrivateKey privateKey(String alias) throws IOException, GeneralSecurityException {
        return (PrivateKey) open().getKey(alias, PASSWORD.toCharArray());
    }

    Path write(String name, byte[] content) throws IOException {
        Path file = Files.write(directory.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private KeyStore open() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    static byte[] pem(String type, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(type, body, type)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
