/** Hand-written stand-ins for the services of the API, for tests of those that use them. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.testkit.standin;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
