/** Restores: plans first, then returns files and prepares what PostgreSQL replays. */
@NullMarked
package org.matriarch.core.recovery.internal;

import org.jspecify.annotations.NullMarked;
