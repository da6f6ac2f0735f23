/** Tests of the servers for tests. */
@NullMarked
package org.matriarch.testkit.postgres;

import org.jspecify.annotations.NullMarked;
