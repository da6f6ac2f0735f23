/** Files of the container itself that outlive a power failure. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.file;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
