package org.matriarch.api.wal;

import java.util.Optional;
import org.matriarch.api.model.WalFileName;

/** Which part of the archive to list; ends are included. */
public record WalFilter(Optional<Integer> timeline, Optional<WalFileName> from, Optional<WalFileName> to) {}
