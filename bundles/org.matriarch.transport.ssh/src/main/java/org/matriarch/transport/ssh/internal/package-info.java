/** The transport {@code ssh}. */
@NullMarked
package org.matriarch.transport.ssh.internal;

import org.jspecify.annotations.NullMarked;
