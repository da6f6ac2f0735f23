/** Who calls, and what they may do: the roles that users of the container have. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.access;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
