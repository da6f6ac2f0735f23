/** Tests of the commands of scope {@code maintenance}. */
@NullMarked
package org.matriarch.shell.internal.maintenance;

import org.jspecify.annotations.NullMarked;
