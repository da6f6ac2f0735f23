/** Runs hooks that are commands of the shell. */
@NullMarked
package org.matriarch.hook.script.internal;

import org.jspecify.annotations.NullMarked;
