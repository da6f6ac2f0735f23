/** The commands about WAL. */
@NullMarked
package org.matriarch.shell.internal.wal;

import org.jspecify.annotations.NullMarked;
