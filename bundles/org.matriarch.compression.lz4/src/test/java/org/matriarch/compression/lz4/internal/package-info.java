/** Tests of the lz4 compressor. */
@NullMarked
package org.matriarch.compression.lz4.internal;

import org.jspecify.annotations.NullMarked;
