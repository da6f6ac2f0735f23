package org.matriarch.core.server.internal;

import java.util.Set;
import java.util.regex.Pattern;

/** The options of Barman 3.17 that mean nothing to us so far. Somebody who brings his file along deserves to be told so. */
final class BarmanOptions {

    private static final Pattern FAMILY = Pattern.compile(
            "(snapshot|gcp|azure|aws|cloud|custom)_[a-z_]+|(parallel_jobs_start_batch|backup_compression)_\\w+");

    private static final Set<String> NAMES = Set.of(
            "archiver_batch_size",
            "autogenerate_manifest",
            "backup_compression",
            "backup_directory",
            "barman_lock_directory",
            "barman_user",
            "basebackups_directory",
            "cluster",
            "combine_mode",
            "config_changes_queue",
            "configuration_files_directory",
            "encryption",
            "encryption_key_id",
            "encryption_passphrase_command",
            "errors_directory",
            "forward_config_path",
            "incoming_wals_directory",
            "keepalive_interval",
            "local_staging_path",
            "lock_directory_cleanup",
            "log_file",
            "log_level",
            "model",
            "path_prefix",
            "primary_checkpoint_timeout",
            "primary_conninfo",
            "primary_ssh_command",
            "recovery_staging_path",
            "staging_location",
            "staging_path",
            "streaming_archiver_batch_size",
            "streaming_wals_directory",
            "wal_conninfo",
            "wal_streaming_conninfo",
            "wals_directory",
            "worm_mode",
            "xlogdb_directory");

    private BarmanOptions() {}

    static boolean contains(String name) {
        return NAMES.contains(name) || FAMILY.matcher(name).matches();
    }
}
