/** The commands about jobs, and how a command waits for one. */
@NullMarked
package org.matriarch.shell.internal.job;

import org.jspecify.annotations.NullMarked;
