/** The transport {@code rsync}. */
@NullMarked
package org.matriarch.transport.rsync.internal;

import org.jspecify.annotations.NullMarked;
