/** Tests of the contract. */
@NullMarked
package org.matriarch.testkit.hook;

import org.jspecify.annotations.NullMarked;
