/** Tests of the conversations with PostgreSQL, mostly with real servers. */
package org.matriarch.core.postgres.internal;
