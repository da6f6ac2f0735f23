/** What commands print: tables, JSON, sizes, progress. */
@NullMarked
package org.matriarch.shell.internal.output;

import org.jspecify.annotations.NullMarked;
