/** Long work: what runs, how far it is, how it ended, and how to stop it. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.job;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
