/** Watches the servers under care, and tells who wants to know. */
@NullMarked
package org.matriarch.core.monitor.internal;

import org.jspecify.annotations.NullMarked;
