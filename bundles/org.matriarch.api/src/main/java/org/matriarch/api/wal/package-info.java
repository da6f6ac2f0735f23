/** The way of the WAL: receivers, archiving, reading back, switching. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.wal;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
