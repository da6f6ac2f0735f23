/** When servers are maintained and backed up without anybody asking. */
@NullMarked
package org.matriarch.core.schedule.internal;

import org.jspecify.annotations.NullMarked;
