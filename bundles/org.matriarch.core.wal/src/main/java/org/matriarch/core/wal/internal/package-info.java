/** The way of a WAL segment from the server into the repository and back. */
@NullMarked
package org.matriarch.core.wal.internal;

import org.jspecify.annotations.NullMarked;
