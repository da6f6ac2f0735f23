/** Repositories: where backups and WAL lie, and how. */
@NullMarked
package org.matriarch.core.repository.internal;

import org.jspecify.annotations.NullMarked;
