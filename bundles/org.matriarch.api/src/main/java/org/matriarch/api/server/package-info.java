/** The PostgreSQL servers under care: their configuration in force, their checks and their state. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.server;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
