/** The commands of scope {@code replication}. */
@NullMarked
package org.matriarch.shell.internal.replication;

import org.jspecify.annotations.NullMarked;
