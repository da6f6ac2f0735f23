/** The servers under care, as their configuration files describe them. */
@NullMarked
package org.matriarch.core.server.internal;

import org.jspecify.annotations.NullMarked;
