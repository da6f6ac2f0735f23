/** Tests of the script runner. */
@NullMarked
package org.matriarch.hook.script.internal;

import org.jspecify.annotations.NullMarked;
