/** The bzip2 compressor. */
@NullMarked
package org.matriarch.compression.bzip2.internal;

import org.jspecify.annotations.NullMarked;
