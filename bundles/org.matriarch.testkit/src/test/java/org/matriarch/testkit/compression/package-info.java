/** Tests of the contract. */
@NullMarked
package org.matriarch.testkit.compression;

import org.jspecify.annotations.NullMarked;
