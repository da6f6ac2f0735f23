/** Long work: started, persisted, watched, cancelled; the only owner of threads. */
@NullMarked
package org.matriarch.core.job.internal;

import org.jspecify.annotations.NullMarked;
