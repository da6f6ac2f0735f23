/** The MBeans: what each shows and does. */
@NullMarked
package org.matriarch.jmx.internal.bean;

import org.jspecify.annotations.NullMarked;
