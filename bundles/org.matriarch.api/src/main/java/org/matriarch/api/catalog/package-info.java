/** What is in the repositories, and what is asked of one backup: its files, its WAL, its health, its end. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.catalog;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
