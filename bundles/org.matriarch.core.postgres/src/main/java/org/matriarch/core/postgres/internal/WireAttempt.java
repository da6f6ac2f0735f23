package org.matriarch.core.postgres.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/** One attempt to connect to one address for replication, with or without TLS. */
final class WireAttempt {

    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final int SSL_REQUEST = 1234 << 16 | 5679;
    /** What the password file and pg_hba.conf call the database of physical replication. */
    private static final String DATABASE = "replication";

    private final ConnectionString connection;
    private final ConnectionString.Host host;
    private final LocalUser local;
    private final String applicationName;
    private final Failures failures;
    private boolean encrypted;
    private boolean passwordSent;

    WireAttempt(
            ConnectionString connection,
            ConnectionString.Host host,
            LocalUser local,
            String applicationName,
            Failures failures) {
        this.connection = connection;
        this.host = host;
        this.local = local;
        this.applicationName = applicationName;
        this.failures = failures;
    }

    /** Returns whether TLS came about. */
    boolean encrypted() {
        return encrypted;
    }

    /** Returns whether anything derived from the password was sent. */
    boolean passwordSent() {
        return passwordSent;
    }

    /** Connects and authenticates. */
    WireConnection run(InetSocketAddress address, boolean withTls) throws IOException {
        Socket transport = new Socket();
        boolean ready = false;
        try {
            int timeout = (int) connection.connectTimeout().toMillis();
            transport.setTcpNoDelay(true);
            KeepAlive.of(connection).apply(transport);
            transport.connect(address, timeout);
            transport.setSoTimeout(timeout);
            SSLSocket tls = withTls ? encrypt(transport) : null;
            WireConnection wire = new WireConnection(transport, tls == null ? transport : tls, host.toString());
            wire.readTimeout(WireConnection.READ_TIMEOUT);
            wire.patience(connection.connectTimeout());
            start(wire, tls);
            wire.patience(WireConnection.PATIENCE);
            ready = true;
            return wire;
        } catch (SocketTimeoutException e) {
            SocketTimeoutException failure = new SocketTimeoutException("no answer within %d s"
                    .formatted(connection.connectTimeout().toSeconds()));
            failure.initCause(e);
            throw failure;
        } finally {
            if (!ready) {
                transport.close();
            }
        }
    }

    private @Nullable SSLSocket encrypt(Socket transport) throws IOException {
        OutputStream out = transport.getOutputStream();
        out.write(Bytes.ofInt(8));
        out.write(Bytes.ofInt(SSL_REQUEST));
        out.flush();
        int answer = transport.getInputStream().read();
        if (answer == 'N' && !connection.tlsMode().isMandatory()) {
            return null;
        }
        if (answer == 'N') {
            throw new MatriarchException(
                    ErrorCode.POSTGRES_SETTINGS,
                    "unable to connect to %s: sslmode is %s, but the server does not support TLS"
                            .formatted(failures.place(), connection.tlsMode().keyword()),
                    "set ssl = on with a certificate on the server, or sslmode=prefer.");
        }
        if (answer != 'S') {
            throw new WireProtocolException("the request for TLS was answered with byte %d".formatted(answer));
        }
        if (transport.getInputStream().available() > 0) {
            // Somebody in between could have slipped them in, to be taken for encrypted ones: CVE-2021-23222.
            throw new WireProtocolException("there are unencrypted bytes after the answer to the request for TLS");
        }
        SSLSocket tls = TlsSockets.wrap(TlsSettings.of(connection, local), transport, host.host(), host.port());
        tls.startHandshake();
        encrypted = true;
        return tls;
    }

    private void start(WireConnection wire, @Nullable SSLSocket tls) throws IOException {
        List<byte[]> parts = new ArrayList<>();
        parts.add(Bytes.ofInt(PROTOCOL_3_0));
        put(parts, "user", connection.user(local));
        put(parts, "database", DATABASE);
        put(parts, "replication", "true");
        put(parts, "application_name", applicationName);
        put(parts, "client_encoding", "UTF8");
        connection.find("options").ifPresent(options -> put(parts, "options", options));
        parts.add(new byte[1]);
        wire.writer().sendUntyped(parts.toArray(byte[][]::new));

        Passwords passwords = new Passwords(connection, local);
        Authentication authentication = new Authentication(
                wire,
                new Authentication.Credentials(
                        connection.user(local),
                        () -> passwords.find(host, DATABASE),
                        passwords::problem,
                        connection.channelBinding(),
                        certificate(tls)),
                failures);
        try {
            authentication.run();
        } finally {
            passwordSent = authentication.passwordSent();
        }
    }

    private static void put(List<byte[]> parts, String name, String value) {
        parts.add(Bytes.ofString(name));
        parts.add(Bytes.ofString(value));
    }

    private static Optional<X509Certificate> certificate(@Nullable SSLSocket tls) throws IOException {
        if (tls == null) {
            return Optional.empty();
        }
        Certificate[] chain = tls.getSession().getPeerCertificates();
        return chain[0] instanceof X509Certificate certificate ? Optional.of(certificate) : Optional.empty();
    }
}
