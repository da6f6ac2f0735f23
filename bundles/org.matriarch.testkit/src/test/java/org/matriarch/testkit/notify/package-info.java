@NullMarked
package org.matriarch.testkit.notify;

import org.jspecify.annotations.NullMarked;
