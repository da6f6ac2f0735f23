/** A store in a directory of a local or mounted file system. */
@NullMarked
package org.matriarch.storage.file.internal;

import org.jspecify.annotations.NullMarked;
