/** The HTTP door, on the server that the JDK brings. */
@NullMarked
package org.matriarch.http.internal;

import org.jspecify.annotations.NullMarked;
