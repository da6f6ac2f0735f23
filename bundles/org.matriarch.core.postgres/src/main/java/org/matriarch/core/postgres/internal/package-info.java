/** Conversations with PostgreSQL: SQL for questions, the replication protocol for bytes. */
@NullMarked
package org.matriarch.core.postgres.internal;

import org.jspecify.annotations.NullMarked;
