package org.matriarch.core.server.internal;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The options of Barman 3.17 that mean nothing to us so far. Somebody who brings his file along deserves to be told so. */
final class BarmanOptions {

    private static final Pattern SNAPSHOTS = Pattern.compile("(snapshot|gcp|azure|aws|cloud)_[a-z_]+");
    private static final Pattern BATCHES = Pattern.compile("parallel_jobs_start_batch_(size|period)");
    private static final Pattern PROGRAM = Pattern.compile("custom_[a-z_]+");
    private static final Pattern COMPRESSED = Pattern.compile("backup_compression(_\\w+)?");

    /** Why each of them has no effect here. */
    private static final Map<String, String> WHY = why();

    private BarmanOptions() {}

    static boolean contains(String name) {
        return whyNot(name).isPresent();
    }

    /** Returns why an option of Barman has no effect here; nothing if it is not one of these. */
    static Optional<String> whyNot(String name) {
        String why = WHY.get(name);
        if (why != null) {
            return Optional.of(why);
        }
        if (SNAPSHOTS.matcher(name).matches()) {
            return Optional.of("there are neither snapshots of disks nor backups in a cloud yet");
        }
        if (BATCHES.matcher(name).matches()) {
            return Optional.of("parallel copies begin at once");
        }
        if (PROGRAM.matcher(name).matches()) {
            return Optional.of("part of 'compression = custom'");
        }
        return COMPRESSED.matcher(name).matches()
                ? Optional.of("backups are stored as they are; compressed ones of Barman are read")
                : Optional.empty();
    }

    /** Returns the name of Barman's or of ours that a word is nearest to. */
    static String nearest(String word) {
        Collection<String> names = new TreeSet<>(WHY.keySet());
        Options.ALL.forEach(option -> names.add(option.name()));
        return Options.nearest(word, names);
    }

    private static Map<String, String> why() {
        var why = new LinkedHashMap<String, String>();
        String all = "WAL is archived as it comes, by as many threads as there are processors";
        why.put("archiver_batch_size", all);
        why.put("streaming_archiver_batch_size", all);
        why.put("autogenerate_manifest", "every backup gets a manifest");
        why.put("barman_user", "the container works as the user who starts it");
        String directories = "a server's directories have fixed places in its own";
        why.put("backup_directory", "a server's directory is '<matriarch_home>/<server>'");
        why.put("basebackups_directory", directories);
        why.put("wals_directory", directories);
        why.put("incoming_wals_directory", directories);
        why.put("streaming_wals_directory", directories);
        why.put("errors_directory", directories);
        why.put("xlogdb_directory", directories);
        String locks = "a server's repository is locked where it lies";
        why.put("barman_lock_directory", locks);
        why.put("lock_directory_cleanup", locks);
        why.put("cluster", "there are no models");
        why.put("model", "there are no models");
        why.put("config_changes_queue", "a changed file is in force within seconds");
        why.put("configuration_files_directory", "each server has a file of its own in etc/");
        String restores = "a restore goes straight to its destination";
        why.put("combine_mode", restores);
        why.put("local_staging_path", restores);
        why.put("recovery_staging_path", restores);
        why.put("staging_location", restores);
        why.put("staging_path", restores);
        String encryption = "there is no encryption yet; what Barman has encrypted cannot be read";
        why.put("encryption", encryption);
        why.put("encryption_key_id", encryption);
        why.put("encryption_passphrase_command", encryption);
        String copies = "there are no passive nodes yet";
        why.put("forward_config_path", copies);
        why.put("primary_ssh_command", copies);
        why.put("keepalive_interval", "connections are kept alive by TCP");
        String log = "etc/org.ops4j.pax.logging.cfg says what is logged, and where";
        why.put("log_file", log);
        why.put("log_format", log);
        why.put("log_level", log);
        why.put("path_prefix", "no program of PostgreSQL is needed");
        String primary = "a backup of a standby does not talk to its primary";
        why.put("primary_checkpoint_timeout", primary);
        why.put("primary_conninfo", primary);
        String source = "WAL comes from the server that is backed up";
        why.put("wal_conninfo", source);
        why.put("wal_streaming_conninfo", source);
        why.put("worm_mode", "there is no protection against deletion but 'backup:keep' yet");
        return why;
    }
}
