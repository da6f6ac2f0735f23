/** What runs by itself: maintenance, and backups by the clock. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.schedule;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
