/** Tests of the stand-ins. */
@NullMarked
package org.matriarch.testkit.storage;

import org.jspecify.annotations.NullMarked;
