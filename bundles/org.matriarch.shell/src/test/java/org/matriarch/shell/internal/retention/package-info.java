/** Tests of the commands of scope {@code retention}. */
@NullMarked
package org.matriarch.shell.internal.retention;

import org.jspecify.annotations.NullMarked;
