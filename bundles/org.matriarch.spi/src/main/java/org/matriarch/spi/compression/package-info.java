/** What a compression bundle implements: one {@link org.matriarch.spi.compression.Compressor} service. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.spi.compression;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
