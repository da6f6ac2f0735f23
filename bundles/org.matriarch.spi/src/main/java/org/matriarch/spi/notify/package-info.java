/** What a notifier bundle implements: one {@link org.matriarch.spi.notify.Notifier} service per configured channel. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.spi.notify;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
