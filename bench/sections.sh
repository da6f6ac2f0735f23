# Read by ./run: the comparisons of backup, restore, receiver and container, and what is looked at in each section.

readonly BASEBACKUP="pg_basebackup"
readonly BASEBACKUP_SHA="pg_basebackup, SHA256 manifest"
readonly BACKUP="matriarch backup:create"
readonly COPY="cp -a"
readonly COPY_SYNC="cp -a, then sync of every file"
readonly RESTORE="matriarch backup:restore"
readonly RESTORE_SINGLE="matriarch backup:restore --jobs 1"
readonly RECEIVEWAL="pg_receivewal"
readonly RECEIVEWAL_SYNC="pg_receivewal --synchronous"
readonly RECEIVE="matriarch receiver"
readonly NO_STANDBY="no standby"

# title|metric|subject|peer|aim
ratios_of() {
    case $1 in
        backup)
            cat << END
wall time / pg_basebackup|wall s|$BACKUP|$BASEBACKUP|<= 1.00
CPU / pg_basebackup|CPU s|$BACKUP|$BASEBACKUP|< 1.00
wall time / pg_basebackup with SHA256 manifest|wall s|$BACKUP|$BASEBACKUP_SHA|-
CPU with that of the server / pg_basebackup with SHA256 manifest|total CPU s|$BACKUP|$BASEBACKUP_SHA|-
memory added to the container, MiB|added MiB|$BACKUP||< 64
END
            ;;
        copy) ratios_of_copy ;;
        restore)
            cat << END
wall time / cp -a and sync|wall s|$RESTORE|$COPY_SYNC|<= 1.10
wall time / plain cp -a, which leaves nothing on the disk|wall s|$RESTORE|$COPY|-
wall time of a single job / cp -a and sync|wall s|$RESTORE_SINGLE|$COPY_SYNC|-
CPU / cp -a and sync|CPU s|$RESTORE|$COPY_SYNC|-
END
            ;;
        receive)
            cat << END
wall time of catching up / pg_receivewal|wall s|$RECEIVE|$RECEIVEWAL|<= 1.00
wall time of catching up / pg_receivewal --synchronous|wall s|$RECEIVE|$RECEIVEWAL_SYNC|-
CPU of catching up / pg_receivewal|CPU s|$RECEIVE|$RECEIVEWAL|-
commit latency, 1 client, p50 / pg_receivewal --synchronous|1 p50 ms|$RECEIVE|$RECEIVEWAL_SYNC|<= 1.10
commit latency, 1 client, p99 / pg_receivewal --synchronous|1 p99 ms|$RECEIVE|$RECEIVEWAL_SYNC|<= 1.10
commit latency, 8 clients, p50 / pg_receivewal --synchronous|8 p50 ms|$RECEIVE|$RECEIVEWAL_SYNC|<= 1.10
commit latency, 8 clients, p99 / pg_receivewal --synchronous|8 p99 ms|$RECEIVE|$RECEIVEWAL_SYNC|<= 1.10
END
            ;;
        drain)
            cat << END
wall time without compression / cp and sync|wall s|$(drain_name none)|$DRAIN_COPY|-
wall time of gzip / zstd level 1|wall s|$DRAIN_GZIP|$(drain_name "zstd 1")|>= 8.00
wall time of lz4 / cp and sync|wall s|$(drain_name lz4)|$DRAIN_COPY|-
wall time of our gzip level 1 / gzip|wall s|$(drain_name "gzip 1")|$DRAIN_GZIP|-
CPU of zstd level 1 / of gzip|CPU s|$(drain_name "zstd 1")|$DRAIN_GZIP|-
END
            ;;
        push)
            cat << END
matriarch-wal-push, ms|p50 ms|$PUSH||< 100
matriarch-wal-fetch, ms|p50 ms|$FETCH||< 100
matriarch-wal-push / rsync over SSH|p50 ms|$PUSH|$PUSH_RSYNC|-
matriarch-wal-fetch / rsync over SSH|p50 ms|$FETCH|$FETCH_RSYNC|-
END
            ;;
        scale)
            cat << END
start with 100,000 archived segments / with none|ready s|$LARGE|$SMALL|-
wal:list of 100,000, ms|wal:list ms|$LARGE||< 1000
server:status of 100,000, ms|server:status ms|$LARGE||< 1000
END
            ;;
        house)
            cat << END
start until a command is answered, s|ready s|$HOUSE||< 20
backup:list of one server (200), ms|backup:list ms|$HOUSE||< 1000
backup:list of all servers (10,000), ms|backup:list all ms|$HOUSE||< 1000
wal:list of one server (20,000), ms|wal:list ms|$HOUSE||< 1000
server:status of one server, ms|server:status ms|$HOUSE||< 1000
resident after all that, MiB|resident MiB|$HOUSE||< 600
END
            ;;
        container)
            cat << END
first start until a command is answered, s|ready s|first start||< 15
later start until a command is answered, s|ready s|later start||< 15
resident when idle with one server, MiB|idle MiB|first start||< 400
memory added by the first backup, MiB|added MiB|first backup||< 64
memory added by the second backup, MiB|added MiB|second backup||< 64
END
            ;;
    esac
}

# The CPU of client and server together, from what was recorded last.
record_total_cpu() {
    record "$1" "$2" "total CPU s" "$(awk -F '\t' -v section="$1" -v subject="$2" '
        $1 == section && $2 == subject && $3 == "CPU s" { client = $4 }
        $1 == section && $2 == subject && $3 == "server CPU s" { server = $4 }
        END { printf "%.3f", client + server }' "$results")"
    shown=$(wc -l < "$results")
}

basebackup() {
    local subject=$1
    shift
    rm -rf "$work/peer/backup"
    query -c CHECKPOINT
    settle
    measure_peer backup "$subject" "${as_server_user[@]}" "$postgres_bin/pg_basebackup" \
        -d "host=127.0.0.1 port=$port user=postgres sslmode=disable" \
        -D "$work/peer/backup" -Fp -X stream -c fast --no-password "$@"
    record_total_cpu backup "$subject"
    rm -rf "$work/peer/backup"
}

delete_backups() {
    local id
    for id in $("$installation/bin/matriarch" backup:list main --minimal); do
        matriarch backup:delete main "$id"
    done
}

measure_backup() {
    require_container
    say "Backup: ours (SHA-256 of every file, server's manifest checked, synced, its WAL archived) and pg_basebackup -Fp (synced)"
    for run in $(seq 0 "$RUNS"); do
        # The first of all warms up: page cache, Java's compiler. It is not counted.
        basebackup "$BASEBACKUP"
        delete_backups
        query -c CHECKPOINT
        settle
        measure_ours backup "$BACKUP" backup:create main --immediate-checkpoint --wait
        record_total_cpu backup "$BACKUP"
        [ "$run" = 0 ] || basebackup "$BASEBACKUP_SHA" --manifest-checksums=SHA256
        [ "$run" != 0 ] || forget_runs backup
    done
}

# The warm-up is shown but not counted.
forget_runs() {
    sed -i "/^$1\t/d" "$results"
    shown=$(wc -l < "$results")
    echo "            (warm-up, not counted)"
}

synced_copy() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    printf '%s' 'cp -a "$1" "$2" && find "$2" -type f -exec sync {} + && find "$2" -type d -exec sync {} +'
}

warm() {
    find "$1" -type f -exec cat {} + > /dev/null
}

measure_restore() {
    local source subject
    require_container
    if [ -z "$("$installation/bin/matriarch" backup:list main --minimal)" ]; then
        query -c CHECKPOINT
        matriarch backup:create main --immediate-checkpoint --wait --no-progress
    fi
    source=$(find "$MATRIARCH_DATA" -type d -path '*/main/base/*/data' -print -quit)
    [ -n "$source" ] || fail "no backup found in the repository"
    say "Restore: ours (checksums compared, synced, settings written) and cp -a of the same $(du -sm "$source" | cut -f 1) MiB"
    for run in $(seq 0 "$RUNS"); do
        for subject in "$COPY_SYNC" "$RESTORE" "$COPY" "$RESTORE_SINGLE"; do
            rm -rf "$work/restored"
            warm "$source"
            settle
            case $subject in
                "$COPY") measure_peer restore "$subject" cp -a "$source" "$work/restored" ;;
                "$COPY_SYNC") measure_peer restore "$subject" bash -c "$(synced_copy)" bash "$source" "$work/restored" ;;
                "$RESTORE") measure_ours restore "$subject" backup:restore main latest "$work/restored" --target-immediate ;;
                "$RESTORE_SINGLE")
                    measure_ours restore "$subject" backup:restore main latest "$work/restored" --target-immediate \
                        --jobs 1
                    ;;
            esac
        done
        [ "$run" != 0 ] || forget_runs restore
    done
    rm -rf "$work/restored"
}

make_slot() {
    query -c "SELECT pg_create_physical_replication_slot('$1', true)" > /dev/null
}

drop_slot() {
    query -c "SELECT pg_drop_replication_slot('$1')" > /dev/null
}

# Writes WAL that nobody has received yet; afterwards $target is where it ends.
make_wal() {
    query -c "SELECT count(pg_logical_emit_message(false, 'bench', payload)) FROM hard" > /dev/null
    query -c "SELECT pg_switch_wal()" > /dev/null
    target=$(query -c "SELECT pg_current_wal_lsn()")
    # The peer stops when it has seen something beyond its end.
    query -c "SELECT pg_logical_emit_message(true, 'bench', 'beyond')" > /dev/null
}

await_flushed() {
    query -c "SET statement_timeout = '${PATIENCE}s'" -c "
        DO \$\$ BEGIN
            LOOP
                PERFORM pg_stat_clear_snapshot();
                EXIT WHEN EXISTS (SELECT FROM pg_stat_replication WHERE application_name = '$1' AND flush_lsn >= '$target');
                PERFORM pg_sleep(0.01);
            END LOOP;
        END \$\$"
}

catch_up_peer() {
    local subject=$1 slot=$2
    shift 2
    rm -rf "$work/peer/wal"
    "${as_server_user[@]}" mkdir "$work/peer/wal"
    settle
    measure_peer receive "$subject" "${as_server_user[@]}" "$postgres_bin/pg_receivewal" \
        -d "host=127.0.0.1 port=$port user=postgres sslmode=disable" \
        -D "$work/peer/wal" --slot "$slot" --endpos "$target" --no-loop --no-password "$@"
    record_rate "$subject"
    drop_slot "$slot"
    rm -rf "$work/peer/wal"
}

record_rate() {
    local wall
    wall=$(awk -F '\t' -v subject="$1" '$2 == subject && $3 == "wall s" { wall = $4 } END { print wall }' "$results")
    record receive "$1" "MB/s" "$(awk -v bytes="$wal_bytes" -v wall="$wall" 'BEGIN { printf "%.1f", bytes / 1e6 / wall }')"
    shown=$(wc -l < "$results")
}

# Until the last byte is flushed, as the peer; CPU until the last segment lies in the archive, which the peer has no notion of.
catch_up_ours() {
    local begin end cpu server_cpu
    settle
    server_cpu=$(cpu_of_ended_children "$server")
    cpu=$(cpu_of "$container")
    reset_peak "$container"
    begin=$(now)
    matriarch wal:receive main start
    await_flushed matriarch_receive_wal
    end=$(now)
    record receive "$RECEIVE" "wall s" "$(minus "$end" "$begin")"
    await_archived
    record receive "$RECEIVE" "archived s" "$(minus "$(now)" "$begin")"
    record receive "$RECEIVE" "CPU s" "$(minus "$(cpu_of "$container")" "$cpu")"
    matriarch wal:receive main stop
    await_slot_free
    record receive "$RECEIVE" "server CPU s" "$(minus "$(cpu_of_ended_children "$server")" "$server_cpu")"
    record receive "$RECEIVE" "peak MiB" "$(peak_mib "$container")"
    show_run
    record_rate "$RECEIVE"
}

# Looks at the directory of the archive: a command each time would be measured, too.
await_archived() {
    local last archive
    last=$(query -c "SELECT pg_walfile_name('$target'::pg_lsn - 1)")
    archive=$(dirname "$(find "$MATRIARCH_DATA" -type d -path '*/main/wals' -print -quit)")/wals
    for _ in $(seq 6000); do
        [ -e "$archive/${last:0:16}/$last" ] && return
        sleep 0.02
    done
    fail "segment $last does not come to the archive"
}

await_sync_standby() {
    for _ in $(seq 300); do
        [ "$(query -c "SELECT count(*) FROM pg_stat_replication WHERE application_name = '$1' AND sync_state = 'sync'")" = 1 ] && return
        sleep 0.1
    done
    fail "'$1' does not become the synchronous standby"
}

set_sync_standby() {
    query -c "ALTER SYSTEM SET synchronous_standby_names = '$1'" -c "SELECT pg_reload_conf()" > /dev/null
    [ -z "$1" ] || await_sync_standby "$1"
}

# commit_latency SUBJECT CLIENTS
commit_latency() {
    local log=$work/peer/latency
    rm -f "$log".*
    query -c CHECKPOINT
    settle
    (cd "$work/peer" && timeout "$PATIENCE" "${as_server_user[@]}" "$postgres_bin/pgbench" -h 127.0.0.1 -p "$port" -U postgres \
        -N -n -c "$2" -j 1 -T "$SECONDS_EACH" -l --log-prefix="$log" postgres > "$work/pgbench.txt" 2>&1) || fail "pgbench failed"
    sort -n -k 3,3 "$log".* | awk -v section=receive -v subject="$1" -v clients="$2" -v seconds="$SECONDS_EACH" -v OFS='\t' '
        { latency[NR] = $3 / 1000 }
        function quantile(share,    i) { i = int(NR * share + 0.999); return latency[i < 1 ? 1 : i] }
        END {
            printf "%s p50 ms\t%.3f\n%s p99 ms\t%.3f\n%s tps\t%.0f\n",
                clients, quantile(0.50), clients, quantile(0.99), clients, NR / seconds
        }' | while IFS=$'\t' read -r metric value; do
        record receive "$1" "$metric" "$value"
    done
    rm -f "$log".*
    show_run
}

latency_without() {
    set_sync_standby ""
    commit_latency "$NO_STANDBY" 1
    commit_latency "$NO_STANDBY" 8
}

latency_with_peer() {
    rm -rf "$work/peer/wal"
    "${as_server_user[@]}" mkdir "$work/peer/wal"
    "${as_server_user[@]}" "$postgres_bin/pg_receivewal" -D "$work/peer/wal" --synchronous --no-loop --no-password \
        -d "host=127.0.0.1 port=$port user=postgres sslmode=disable application_name=bench_peer" > "$work/receivewal.txt" 2>&1 &
    receiver=$!
    set_sync_standby bench_peer
    commit_latency "$RECEIVEWAL_SYNC" 1
    commit_latency "$RECEIVEWAL_SYNC" 8
    set_sync_standby ""
    end_receiver
    rm -rf "$work/peer/wal"
}

latency_with_ours() {
    matriarch wal:receive main start
    await_streaming
    set_sync_standby matriarch_receive_wal
    commit_latency "$RECEIVE" 1
    commit_latency "$RECEIVE" 8
    set_sync_standby ""
    matriarch wal:receive main stop
}

measure_receive() {
    require_container
    say "Receiver: catching up on WAL that only the server has, and commit latency as the only synchronous standby"
    matriarch wal:receive main stop
    for run in $(seq 0 "$RUNS"); do
        # A new slot begins at the last checkpoint; ours ended its last run just before it.
        query -c CHECKPOINT
        make_slot bench_default
        make_slot bench_synchronous
        from=$(query -c "SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = 'bench_default'")
        make_wal
        wal_bytes=$(query -c "SELECT pg_wal_lsn_diff('$target', '$from')")
        catch_up_peer "$RECEIVEWAL" bench_default
        catch_up_ours
        catch_up_peer "$RECEIVEWAL_SYNC" bench_synchronous --synchronous
        [ "$run" != 0 ] || forget_runs receive
    done
    for _ in $(seq "$RUNS"); do
        latency_without
        latency_with_peer
        latency_with_ours
    done
    matriarch wal:receive main start
}

backup_memory() {
    local before
    before=$(resident_mib "$container")
    query -c CHECKPOINT
    reset_peak "$container"
    matriarch backup:create main --immediate-checkpoint --wait --no-progress
    record container "$1" "added MiB" "$(minus "$(peak_mib "$container")" "$before")"
    record container "$1" "peak MiB" "$(peak_mib "$container")"
    show_run
}

measure_container() {
    say "Container: time until a command is answered, memory at rest with one server, memory that a backup adds"
    for _ in $(seq "$RUNS"); do
        end_container
        start_container new
        put_under_care
        record container "first start" "ready s" "$ready_seconds"
        sleep "$IDLE_SECONDS"
        record container "first start" "idle MiB" "$(resident_mib "$container")"
        show_run
        backup_memory "first backup"
        backup_memory "second backup"
        end_container
        start_container
        record container "later start" "ready s" "$ready_seconds"
        sleep "$IDLE_SECONDS"
        record container "later start" "idle MiB" "$(resident_mib "$container")"
        show_run
    done
    await_streaming
}
