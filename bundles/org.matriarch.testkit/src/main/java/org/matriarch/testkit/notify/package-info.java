/** What every notifier must do. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.testkit.notify;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
