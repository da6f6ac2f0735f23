/** The way of a backup, from the first check to its end. */
@NullMarked
package org.matriarch.core.backup.internal;

import org.jspecify.annotations.NullMarked;
