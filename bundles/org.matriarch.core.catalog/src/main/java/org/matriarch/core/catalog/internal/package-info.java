/** What is in the repositories, read from the repositories themselves. */
@NullMarked
package org.matriarch.core.catalog.internal;

import org.jspecify.annotations.NullMarked;
