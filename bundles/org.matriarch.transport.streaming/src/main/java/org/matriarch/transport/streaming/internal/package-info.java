/** The transport that asks PostgreSQL itself for its files, through the replication protocol. */
@NullMarked
package org.matriarch.transport.streaming.internal;

import org.jspecify.annotations.NullMarked;
