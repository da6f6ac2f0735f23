/** The commands about backups. */
@NullMarked
package org.matriarch.shell.internal.backup;

import org.jspecify.annotations.NullMarked;
