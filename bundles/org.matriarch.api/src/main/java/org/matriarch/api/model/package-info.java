/** The values that every part of the product speaks of: WAL positions and file names, timelines, backups. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.model;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
