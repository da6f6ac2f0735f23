/** Tests of what runs by itself. */
@NullMarked
package org.matriarch.core.schedule.internal;

import org.jspecify.annotations.NullMarked;
