package org.matriarch.core.postgres.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Reads certificates and private keys from PEM files; keys in the forms PKCS#8 (also encrypted), PKCS#1 and SEC 1. */
final class PemFile {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    /** AlgorithmIdentifier of rsaEncryption: its object identifier and NULL. */
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    /** Object identifier of id-ecPublicKey. */
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    private final Path path;

    PemFile(Path path) {
        this.path = path;
    }

    /** Returns the certificates, in the order of the file; at least one. */
    List<X509Certificate> certificates() throws IOException, GeneralSecurityException {
        byte[] content = Files.readAllBytes(path);
        List<X509Certificate> certificates =
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(content)).stream()
                        .map(X509Certificate.class::cast)
                        .toList();
        if (certificates.isEmpty()) {
            throw new GeneralSecurityException("it holds no certificate");
        }
        return certificates;
    }

    /** Returns the private key. */
    PrivateKey privateKey(Optional<String> password) throws IOException, GeneralSecurityException {
        byte[] content = Files.readAllBytes(path);
        Matcher block = BLOCK.matcher(new String(content, StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            return fromPkcs8(content); // PKCS#8 without armour, as pgjdbc wants it
        }
        String body = block.group(2);
        if (body.contains("ENCRYPTED")) {
            throw new GeneralSecurityException(
                    "its encryption is of the old form; rewrite it with 'openssl pkcs8 -topk8'");
        }
        byte[] der = Base64.getMimeDecoder().decode(body.strip());
        return switch (block.group(1)) {
            case "PRIVATE KEY" -> fromPkcs8(der);
            case "ENCRYPTED PRIVATE KEY" -> decrypt(der, password);
            case "RSA PRIVATE KEY" -> fromPkcs8(sequence(VERSION_0, RSA, element(0x04, der)));
            case "EC PRIVATE KEY" -> fromPkcs8(sequence(VERSION_0, sequence(EC, curve(der)), element(0x04, der)));
            default -> throw new GeneralSecurityException("'%s' is no known form".formatted(block.group(1)));
        };
    }

    private static PrivateKey decrypt(byte[] der, Optional<String> password)
            throws IOException, GeneralSecurityException {
        if (password.isEmpty()) {
            throw new GeneralSecurityException("it is encrypted, and sslpassword is not set");
        }
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
        // Of PBES2 only the parameters tell the algorithm.
        String algorithm =
                info.getAlgName().equals("PBES2") ? String.valueOf(info.getAlgParameters()) : info.getAlgName();
        PBEKeySpec spec = new PBEKeySpec(password.get().toCharArray());
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(
                Cipher.DECRYPT_MODE,
                SecretKeyFactory.getInstance(algorithm).generateSecret(spec),
                info.getAlgParameters());
        return fromPkcs8(info.getKeySpec(cipher).getEncoded());
    }

    private static PrivateKey fromPkcs8(byte[] der) throws GeneralSecurityException {
        InvalidKeySpecException last = new InvalidKeySpecException();
        for (String algorithm : new String[] {"RSA", "EC", "EdDSA", "RSASSA-PSS"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                last = e; // only the encoding itself tells what it holds, so ask one after the other
            }
        }
        throw new GeneralSecurityException("it holds no RSA, EC or EdDSA key", last);
    }

    /** Returns the curve of a SEC 1 key: the content of its element [0]. */
    private static byte[] curve(byte[] der) throws GeneralSecurityException {
        for (int i = 0; i + 2 < der.length; i++) {
            int size = der[i + 1];
            if ((der[i] & 0xff) == 0xa0
                    && der[i + 2] == 0x06
                    && size > 2
                    && i + 2 + size <= der.length
                    && der[i + 3] == size - 2) {
                byte[] curve = new byte[size];
                System.arraycopy(der, i + 2, curve, 0, size);
                return curve;
            }
        }
        throw new GeneralSecurityException("it does not name its curve");
    }

    private static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        return element(0x30, content.toByteArray());
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            out.write(0x82); // a length in two bytes: no key is shorter than its header or longer than 64 KiB
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
