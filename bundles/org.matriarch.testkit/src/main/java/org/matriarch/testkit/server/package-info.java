/** Servers under care that tests make up. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.testkit.server;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
