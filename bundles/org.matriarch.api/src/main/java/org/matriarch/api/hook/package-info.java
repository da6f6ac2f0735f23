/** Programs that an operator has run before and after the product's work. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.api.hook;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
