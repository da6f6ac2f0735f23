/** Which plugins are installed right now, and who uses them. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.plugin;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
