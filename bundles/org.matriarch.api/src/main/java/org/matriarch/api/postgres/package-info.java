/** Connections to PostgreSQL: SQL through JDBC, and the replication protocol. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.postgres;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
