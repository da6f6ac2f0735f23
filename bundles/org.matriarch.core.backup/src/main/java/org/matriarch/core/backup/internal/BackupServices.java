package org.matriarch.core.backup.internal;

import java.time.Clock;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.event.Events;
import org.matriarch.api.hook.Hooks;
import org.matriarch.api.postgres.PostgresConnections;

/** What a backup needs of the rest of the product. */
record BackupServices(
        BackupPlugins plugins,
        PostgresConnections connections,
        BackupWal wal,
        BackupCatalog catalog,
        Events events,
        Hooks hooks,
        Clock clock,
        Pause pause) {}
