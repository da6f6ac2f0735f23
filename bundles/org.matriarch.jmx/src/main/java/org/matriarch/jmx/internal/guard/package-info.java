/** What nobody may do to the MBean server from outside. */
@NullMarked
package org.matriarch.jmx.internal.guard;

import org.jspecify.annotations.NullMarked;
