/** Tests of the stand-ins. */
@NullMarked
package org.matriarch.testkit.repository;

import org.jspecify.annotations.NullMarked;
