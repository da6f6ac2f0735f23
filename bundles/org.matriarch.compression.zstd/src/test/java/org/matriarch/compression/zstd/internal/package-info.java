/** Tests of the zstd compressor. */
@NullMarked
package org.matriarch.compression.zstd.internal;

import org.jspecify.annotations.NullMarked;
