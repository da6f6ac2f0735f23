/** Which backups are still needed. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.retention;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
