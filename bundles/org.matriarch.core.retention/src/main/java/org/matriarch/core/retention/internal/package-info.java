/** Barman's rules of which backups are needed. */
@NullMarked
package org.matriarch.core.retention.internal;

import org.jspecify.annotations.NullMarked;
