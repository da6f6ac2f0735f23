/** How a plugin that a file configures follows changes of that file while it is used. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.spi.configuration;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
