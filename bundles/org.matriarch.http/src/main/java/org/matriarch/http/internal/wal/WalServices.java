package org.matriarch.http.internal.wal;

import org.matriarch.api.repository.Compression;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalIntake;

/**
 * The services that the door calls, as they are at this moment.
 *
 * <p>Each method throws {@link org.matriarch.api.error.MatriarchException} {@code PLUGIN_MISSING} while the bundle that
 * brings the service is away: clients try again.
 */
interface WalServices {

    Servers servers();

    WalFiles files();

    WalIntake intake();

    Compression compression();
}
