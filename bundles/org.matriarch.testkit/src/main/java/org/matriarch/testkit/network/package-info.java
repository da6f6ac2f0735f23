/** Ports for the servers of tests. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.testkit.network;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
