/** What was last seen of the servers under care, for whoever may not wait for an answer. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.monitor;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
