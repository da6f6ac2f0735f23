/** Tests of the gzip compressor. */
@NullMarked
package org.matriarch.compression.gzip.internal;

import org.jspecify.annotations.NullMarked;
