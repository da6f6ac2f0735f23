package org.matriarch.api.wal;

import java.util.Optional;
import org.matriarch.api.model.WalFileName;

/** The result of {@code wal:switch}: the segment that was closed, if there was anything in it. */
public record WalSwitch(String server, Optional<WalFileName> closed) {}
