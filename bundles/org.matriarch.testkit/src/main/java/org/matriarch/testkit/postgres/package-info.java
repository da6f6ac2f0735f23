/** Real PostgreSQL servers, of every supported major version, for tests. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.testkit.postgres;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
