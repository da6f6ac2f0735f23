/** Tests of the command compressor. */
@NullMarked
package org.matriarch.compression.command.internal;

import org.jspecify.annotations.NullMarked;
