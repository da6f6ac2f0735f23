/** The one failure vocabulary of the product: every failure an operator can see carries an {@link org.matriarch.api.error.ErrorCode}. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.error;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
