/** MBeans that are described by data, with open types alone, so that any client understands them. */
@NullMarked
package org.matriarch.jmx.internal.open;

import org.jspecify.annotations.NullMarked;
