/** What happened, for the log and for whoever wants to be told. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.event;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
