/** The registry through which the core finds plugins at the moment of use. */
@NullMarked
package org.matriarch.core.plugin.internal;

import org.jspecify.annotations.NullMarked;
