/** A repository in memory that breaks where a test wants it to. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.testkit.repository;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
