/** What a Prometheus server scrapes. */
@NullMarked
package org.matriarch.http.internal.metrics;

import org.jspecify.annotations.NullMarked;
