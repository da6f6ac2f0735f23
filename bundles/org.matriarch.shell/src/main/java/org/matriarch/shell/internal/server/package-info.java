/** The commands about servers and plugins. */
@NullMarked
package org.matriarch.shell.internal.server;

import org.jspecify.annotations.NullMarked;
