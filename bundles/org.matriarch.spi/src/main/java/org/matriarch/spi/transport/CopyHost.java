package org.matriarch.spi.transport;

/**
 * How the host of a server is reached.
 *
 * @param sshCommand the user's {@code ssh_command}, such as {@code ssh -p 2222 postgres@pg}
 * @param compress whether to compress on the way
 */
public record CopyHost(String sshCommand, boolean compress) {}
