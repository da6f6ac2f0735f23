/**
 * What a transport bundle implements: a {@link org.matriarch.spi.transport.BackupTransport} service, and where it can write to
 * other hosts, a {@link org.matriarch.spi.transport.RestoreTransport}.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.spi.transport;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
