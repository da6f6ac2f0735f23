/** Where a server's backups and WAL live, whatever the store and the format. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.repository;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
