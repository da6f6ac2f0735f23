/** The door for WAL: where database hosts push what they archive and fetch what they recover. */
@NullMarked
package org.matriarch.http.internal.wal;

import org.jspecify.annotations.NullMarked;
