/** How the HTTP door runs commands of Karaf's shell. */
@NullMarked
package org.matriarch.http.internal.shell;

import org.jspecify.annotations.NullMarked;
