/** The commands an operator types at the Karaf shell. */
@NullMarked
package org.matriarch.shell.internal;

import org.jspecify.annotations.NullMarked;
