package org.matriarch.core.postgres.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/**
 * Gives pgjdbc our TLS, so that sslmode, PEM keys and certificates mean the same for SQL as for streaming.
 *
 * <p>pgjdbc makes an instance for each connection and hands it the connection's properties.
 */
public final class JdbcTlsFactory extends SSLSocketFactory {

    private static final String PREFIX = "matriarch.tls.";

    private final TlsSettings settings;
    private final String host;

    /** Called by pgjdbc, through reflection. */
    public JdbcTlsFactory(Properties properties) {
        settings = new TlsSettings(
                TlsMode.valueOf(properties.getProperty(PREFIX + "mode")),
                Boolean.parseBoolean(properties.getProperty(PREFIX + "system")),
                file(properties, "root"),
                file(properties, "certificate"),
                file(properties, "key"),
                Optional.ofNullable(properties.getProperty(PREFIX + "password")));
        host = properties.getProperty(PREFIX + "host");
    }

    /** Adds to the properties of a connection what an instance needs. */
    static void configure(Properties properties, TlsSettings settings, String host) {
        properties.setProperty("sslfactory", JdbcTlsFactory.class.getName());
        properties.setProperty(PREFIX + "mode", settings.mode().name());
        properties.setProperty(PREFIX + "system", Boolean.toString(settings.systemTrust()));
        settings.rootCertificate().ifPresent(file -> properties.setProperty(PREFIX + "root", file.toString()));
        settings.certificate().ifPresent(file -> properties.setProperty(PREFIX + "certificate", file.toString()));
        settings.key().ifPresent(file -> properties.setProperty(PREFIX + "key", file.toString()));
        settings.keyPassword().ifPresent(password -> properties.setProperty(PREFIX + "password", password));
        properties.setProperty(PREFIX + "host", host);
    }

    private static Optional<Path> file(Properties properties, String name) {
        return Optional.ofNullable(properties.getProperty(PREFIX + name)).map(Path::of);
    }

    @Override
    public Socket createSocket(Socket transport, String ignoredHost, int port, boolean autoClose) throws IOException {
        // The name that pgjdbc gives may be an address out of hostaddr; the certificate bears the name of host.
        return TlsSockets.wrap(settings, transport, host, port);
    }

    @Override
    public Socket createSocket(String target, int port) throws IOException {
        return createSocket(SocketFactory.getDefault().createSocket(target, port), target, port, true);
    }

    @Override
    public Socket createSocket(String target, int port, InetAddress local, int localPort) throws IOException {
        return createSocket(
                SocketFactory.getDefault().createSocket(target, port, local, localPort), target, port, true);
    }

    @Override
    public Socket createSocket(InetAddress target, int port) throws IOException {
        return createSocket(target.getHostAddress(), port);
    }

    @Override
    public Socket createSocket(InetAddress target, int port, InetAddress local, int localPort) throws IOException {
        return createSocket(target.getHostAddress(), port, local, localPort);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return settings.context().getSocketFactory().getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return settings.context().getSocketFactory().getSupportedCipherSuites();
    }
}
