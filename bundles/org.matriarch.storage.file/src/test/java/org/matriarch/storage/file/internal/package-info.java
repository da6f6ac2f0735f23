/** Tests of the file store. */
@NullMarked
package org.matriarch.storage.file.internal;

import org.jspecify.annotations.NullMarked;
