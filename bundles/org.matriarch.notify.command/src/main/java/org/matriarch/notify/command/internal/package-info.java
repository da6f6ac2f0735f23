/** Has any program tell somebody what happened. */
@NullMarked
package org.matriarch.notify.command.internal;

import org.jspecify.annotations.NullMarked;
