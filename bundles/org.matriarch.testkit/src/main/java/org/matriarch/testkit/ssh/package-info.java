/** Real SSH servers for tests. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.testkit.ssh;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
