package org.matriarch.core.postgres.internal;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import com.ongres.scram.common.util.TlsServerEndpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Proves to the server who we are: trust, password, md5, SCRAM-SHA-256 and SCRAM-SHA-256-PLUS.
 *
 * <p>As libpq, a password is sent in clear if the server asks for that, also without TLS: sslmode says how much the
 * network is trusted. With {@code channel_binding=require} nothing but SCRAM-SHA-256-PLUS will do.
 */
final class Authentication {

    private static final int OK = 0;
    private static final int CLEARTEXT = 3;
    private static final int MD5 = 5;
    private static final int SASL = 10;
    private static final int SASL_CONTINUE = 11;
    private static final int SASL_FINAL = 12;

    /** More rounds than any server is set to; a hostile one could keep us busy for hours. */
    private static final int ITERATIONS_MAX = 10_000_000;

    /**
     * What is needed to authenticate.
     *
     * @param passwordProblem why no password was found, if there is a reason
     * @param certificate the server's, if the connection is encrypted
     */
    record Credentials(
            String user,
            Supplier<Optional<String>> password,
            Supplier<Optional<String>> passwordProblem,
            String channelBinding,
            Optional<X509Certificate> certificate) {}

    private final WireConnection wire;
    private final Credentials credentials;
    private final Failures failures;
    private @Nullable ScramClient scram;
    private boolean serverProven;
    private boolean passwordSent;

    Authentication(WireConnection wire, Credentials credentials, Failures failures) {
        this.wire = wire;
        this.credentials = credentials;
        this.failures = failures;
    }

    /** Returns whether anything derived from the password has left this process. */
    boolean passwordSent() {
        return passwordSent;
    }

    /** Answers the server until it is ready for commands. */
    void run() throws IOException {
        while (true) {
            switch (wire.next()) {
                case 'R' -> answer();
                case 'Z' -> {
                    return;
                }
                // The key to cancel queries, and news about protocol versions: both of no use here.
                case 'K', 'v' -> {}
                default -> throw wire.unexpected("during the start of a connection");
            }
        }
    }

    private void answer() throws IOException {
        int method = wire.reader().intAt(0);
        boolean binding = credentials.channelBinding().equals("require");
        if (binding && (method == CLEARTEXT || method == MD5)) {
            throw noBinding();
        }
        switch (method) {
            case OK -> requireProof(binding);
            case CLEARTEXT -> sendPassword(Bytes.ofString(password()));
            case MD5 ->
                sendPassword(Bytes.ofString(md5(password(), wire.reader().bytesAt(4, 4))));
            case SASL -> beginScram(binding);
            case SASL_CONTINUE -> continueScram();
            case SASL_FINAL -> endScram();
            default ->
                throw failures.refusing(
                        "the server wants authentication method %d, which is not supported".formatted(method),
                        "use scram-sha-256, cert, md5, password or trust in the server's pg_hba.conf.");
        }
    }

    private void requireProof(boolean binding) throws IOException {
        if (scram != null && !serverProven) {
            throw new WireProtocolException("the server did not prove that it knows the password");
        }
        if (binding && (scram == null || !scram.getScramMechanism().isPlus())) {
            throw noBinding();
        }
    }

    private String password() {
        return credentials
                .password()
                .get()
                .orElseThrow(() -> failures.refusing(
                        "the server wants a password, and none is given",
                        credentials
                                .passwordProblem()
                                .get()
                                .map(problem -> problem + ".")
                                .orElse("put it into the password file ~/.pgpass (or passfile=), or set PGPASSWORD.")));
    }

    private void sendPassword(byte[]... parts) throws IOException {
        passwordSent = true;
        wire.writer().send('p', parts);
    }

    private String md5(String password, byte[] salt) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(password.getBytes(StandardCharsets.UTF_8));
            byte[] inner = digest.digest(credentials.user().getBytes(StandardCharsets.UTF_8));
            digest.update(HexFormat.of().formatHex(inner).getBytes(StandardCharsets.US_ASCII));
            return "md5" + HexFormat.of().formatHex(digest.digest(salt));
        } catch (NoSuchAlgorithmException e) {
            throw failures.refusing(
                    "the server wants an md5 password, and this Java has no MD5",
                    "use scram-sha-256 in the server's pg_hba.conf.");
        }
    }

    private void beginScram(boolean binding) throws IOException {
        List<String> mechanisms = new ArrayList<>();
        int index = 4;
        while (wire.reader().byteAt(index) != 0) {
            mechanisms.add(wire.reader().stringAt(index));
            index = wire.reader().afterString(index);
        }
        byte[] endpoint = credentials.channelBinding().equals("disable") ? new byte[0] : endpoint();
        if (binding && (endpoint.length == 0 || !mechanisms.contains("SCRAM-SHA-256-PLUS"))) {
            throw noBinding();
        }
        ScramClient.FinalBuildStage builder;
        try {
            builder = ScramClient.builder()
                    .advertisedMechanisms(mechanisms)
                    .username("*") // the server takes the name of the startup message
                    .password(password().toCharArray())
                    .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION);
            if (endpoint.length > 0) {
                builder = builder.channelBinding(TlsServerEndpoint.TLS_SERVER_END_POINT, endpoint);
            }
            scram = builder.build();
        } catch (IllegalArgumentException e) {
            throw failures.refusing(
                    "the server wants one of %s: %s".formatted(mechanisms, e.getMessage()),
                    "use scram-sha-256 in the server's pg_hba.conf.");
        }
        byte[] first = scram.clientFirstMessage().toString().getBytes(StandardCharsets.UTF_8);
        sendPassword(Bytes.ofString(scram.getScramMechanism().getName()), Bytes.ofInt(first.length), first);
    }

    private byte[] endpoint() {
        if (credentials.certificate().isEmpty()) {
            return new byte[0];
        }
        try {
            return TlsServerEndpoint.getChannelBindingData(
                    credentials.certificate().get());
        } catch (CertificateException e) {
            return new byte[0]; // a signature algorithm without a hash, for which no binding is defined
        }
    }

    private void continueScram() throws IOException {
        ScramClient client = requireScram();
        try {
            int iterations = client.serverFirstMessage(rest()).getIterationCount();
            if (iterations > ITERATIONS_MAX) {
                throw new WireProtocolException("the server wants %d rounds of hashing".formatted(iterations));
            }
            wire.writer().send('p', client.clientFinalMessage().toString().getBytes(StandardCharsets.UTF_8));
        } catch (ScramException e) {
            throw scramFailed(e);
        }
    }

    private void endScram() throws IOException {
        try {
            requireScram().serverFinalMessage(rest());
            serverProven = true;
        } catch (ScramException e) {
            throw scramFailed(e);
        }
    }

    private ScramClient requireScram() throws WireProtocolException {
        if (scram == null) {
            throw wire.unexpected("before SCRAM has begun");
        }
        return scram;
    }

    private static WireProtocolException scramFailed(ScramException cause) {
        WireProtocolException failure = new WireProtocolException("SCRAM failed: %s".formatted(cause.getMessage()));
        failure.initCause(cause);
        return failure;
    }

    private String rest() throws WireProtocolException {
        MessageReader reader = wire.reader();
        return new String(reader.bytesAt(4, reader.length() - 4), StandardCharsets.UTF_8);
    }

    private RuntimeException noBinding() {
        return failures.refusing(
                "channel_binding is require, but the server does not authenticate with SCRAM-SHA-256-PLUS",
                "use TLS, scram-sha-256 in pg_hba.conf and a password stored as scram-sha-256, or channel_binding=prefer.");
    }
}
