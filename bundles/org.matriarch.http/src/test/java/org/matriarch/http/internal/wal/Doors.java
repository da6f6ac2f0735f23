package org.matriarch.http.internal.wal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Opens doors for tests, on a port that is free. */
final class Doors {

    private Doors() {}

    static WalHttpDoor open(WalServices services, Path tokens, Map<String, String> properties) {
        return open(services, tokens, Duration.ofSeconds(30), properties);
    }

    static WalHttpDoor open(WalServices services, Path tokens, Duration patience, Map<String, String> properties) {
        var all = new HashMap<String, String>(properties);
        all.putIfAbsent("wal_port", "0");
        return new WalHttpDoor(services, tokens, patience, all);
    }
}
