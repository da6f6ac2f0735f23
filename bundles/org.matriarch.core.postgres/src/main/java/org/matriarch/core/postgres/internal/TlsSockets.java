package org.matriarch.core.postgres.internal;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Puts TLS over a TCP connection. */
final class TlsSockets {

    private TlsSockets() {}

    /**
     * Returns a socket that encrypts, before its handshake.
     *
     * @param host the name that the certificate has to bear if the mode is verify-full
     */
    static SSLSocket wrap(TlsSettings settings, Socket transport, String host, int port) throws IOException {
        SSLSocket socket = (SSLSocket) settings.context().getSocketFactory().createSocket(transport, host, port, true);
        if (settings.mode() == TlsMode.VERIFY_FULL) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
        }
        return socket;
    }
}
