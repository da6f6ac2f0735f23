/** What a hook-runner bundle implements: one {@link org.matriarch.spi.hook.HookRunner} service. */
@Export
@Version("1.0.0")
@NullMarked
package org.matriarch.spi.hook;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
