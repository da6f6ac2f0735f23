/** Tests of the stand-ins. */
@NullMarked
package org.matriarch.testkit.job;

import org.jspecify.annotations.NullMarked;
