package org.matriarch.spi.transport;

import java.util.List;
import org.matriarch.api.server.CheckResult;
import org.osgi.annotation.versioning.ConsumerType;

/** A transport that reaches the host of a server by itself, with the user's {@code ssh_command}, and copies its files. */
@ConsumerType
public interface CopyingTransport extends BackupTransport {

    /**
     * Looks whether a host is ready: it lets us in, has what the transport needs, and lets us read the files.
     *
     * @param source what would be copied; without areas while that is not known
     * @return one result for each thing that was looked at; failures are results, not exceptions
     * @throws InterruptedException if it was interrupted; it then stops soon
     */
    List<CheckResult> check(CopyHost host, CopySource source) throws InterruptedException;
}
