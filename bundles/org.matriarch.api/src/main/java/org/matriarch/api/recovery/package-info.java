/** Bringing a backup back as a data directory that PostgreSQL recovers to a chosen target. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.recovery;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
