/** Tests of the hooks. */
@NullMarked
package org.matriarch.core.hook.internal;

import org.jspecify.annotations.NullMarked;
