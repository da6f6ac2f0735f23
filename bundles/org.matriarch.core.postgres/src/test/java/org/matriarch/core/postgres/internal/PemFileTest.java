package org.matriarch.core.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PemFileTest {

    private static final String PBE = "PBEWithHmacSHA256AndAES_256";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void readsKeysInPkcs8(String algorithm) throws Exception {
        PrivateKey key =
                KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();

        assertThat(read(Certificates.pem("PRIVATE KEY", key.getEncoded()), "")).isEqualTo(key);
        assertThat(read(key.getEncoded(), "")).isEqualTo(key);
    }

    @Test
    void readsKeysInPkcs1() throws Exception {
        PrivateKey key = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
        byte[] der = key.getEncoded();
        byte[] inner = Arrays.copyOfRange(der, 26, der.length); // after the wrapping of PKCS#8

        assertThat(read(Certificates.pem("RSA PRIVATE KEY", inner), "")).isEqualTo(key);
    }

    @Test
    void readsKeysInSec1() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        PrivateKey key = generator.generateKeyPair().getPrivate();
        byte[] der = key.getEncoded();
        byte[] curve = Arrays.copyOfRange(der, 16, 26); // the identifier of the curve, behind that of EC
        byte[] secret = Arrays.copyOfRange(der, der.length - 32, der.length);
        ByteArrayOutputStream sec1 = new ByteArrayOutputStream();
        sec1.writeBytes(new byte[] {0x30, (byte) (3 + 34 + 2 + curve.length), 2, 1, 1, 4, 32});
        sec1.writeBytes(secret);
        sec1.writeBytes(new byte[] {(byte) 0xa0, (byte) curve.length});
        sec1.writeBytes(curve);

        assertThat(read(Certificates.pem("EC PRIVATE KEY", sec1.toByteArray()), ""))
                .isInstanceOfSatisfying(
                        ECPrivateKey.class, read -> assertThat(read.getS()).isEqualTo(((ECPrivateKey) key).getS()));
        assertThatThrownBy(() -> read(Certificates.pem("EC PRIVATE KEY", secret), ""))
                .hasMessage("it does not name its curve");
    }

    @Test
    void readsEncryptedKeysWithTheirPasswordOnly() throws Exception {
        PrivateKey key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
        byte[] pem = Certificates.pem("ENCRYPTED PRIVATE KEY", encrypt(key.getEncoded(), "secret"));

        assertThat(read(pem, "secret")).isEqualTo(key);
        assertThatThrownBy(() -> read(pem, "")).hasMessage("it is encrypted, and sslpassword is not set");
        assertThatThrownBy(() -> read(pem, "wrong")).isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void refusesWhatIsNoKey() {
        byte[] old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"
                .getBytes(StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> read(old, "x")).hasMessageContaining("openssl pkcs8 -topk8");
        assertThatThrownBy(() -> read(Certificates.pem("DSA PRIVATE KEY", new byte[3]), ""))
                .hasMessage("'DSA PRIVATE KEY' is no known form");
        assertThatThrownBy(() -> read(new byte[] {1, 2, 3}, "")).hasMessage("it holds no RSA, EC or EdDSA key");
    }

    @Test
    void refusesAFileWithoutCertificates() throws IOException {
        Path file = Files.write(directory.resolve("empty"), new byte[0]);

        assertThatThrownBy(() -> new PemFile(file).certificates()).hasMessage("it holds no certificate");
    }

    private PrivateKey read(byte[] content, String password) throws IOException, GeneralSecurityException {
        Path file = Files.write(directory.resolve("key"), content);
        return new PemFile(file).privateKey(Optional.of(password).filter(text -> !text.isEmpty()));
    }

    private static byte[] encrypt(byte[] der, String password) throws IOException, GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(PBE);
        cipher.init(
                Cipher.ENCRYPT_MODE,
                SecretKeyFactory.getInstance(PBE).generateSecret(new PBEKeySpec(password.toCharArray())));
        // EncryptedPrivateKeyInfo of Java 17 reads PBES2, but cannot write it.
        byte[] pbes2 = {0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x05, 0x0d};
        byte[] algorithm = element(0x30, pbes2, cipher.getParameters().getEncoded());
        return element(0x30, algorithm, element(0x04, cipher.doFinal(der)));
    }

    private static byte[] element(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) tag, (byte) 0x82, (byte) (content.size() >> 8), (byte) content.size()});
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
