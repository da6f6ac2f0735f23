/** Runs the hooks of the servers. */
@NullMarked
package org.matriarch.core.hook.internal;

import org.jspecify.annotations.NullMarked;
