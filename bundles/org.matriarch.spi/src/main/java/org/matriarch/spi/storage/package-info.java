/** What a storage bundle implements: one {@link org.matriarch.spi.storage.ObjectStore} service per configured store. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.spi.storage;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
