/** The JMX door: what is registered when, and what is told to whom. */
@NullMarked
package org.matriarch.jmx.internal;

import org.jspecify.annotations.NullMarked;
