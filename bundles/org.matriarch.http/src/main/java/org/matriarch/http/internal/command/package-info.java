/** The way of a shell command through HTTP: started, streamed, cancelled, ended. */
@NullMarked
package org.matriarch.http.internal.command;

import org.jspecify.annotations.NullMarked;
