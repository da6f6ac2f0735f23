/** Job services for the tests of others. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.testkit.job;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
