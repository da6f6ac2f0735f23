# Read by ./run: how fast WAL that is handed over gets into the archive.

readonly DRAIN_COPY="cp, then sync"
readonly DRAIN_GZIP="gzip of each file, then sync"

drain_name() {
    echo "matriarch, compression = $1"
}

# Collects so many whole segments of the server in $work/queue.
make_queue() {
    local wanted=$1 first
    install -d -m 700 "$work/queue"
    make_slot bench_queue
    first=$(query -c "SELECT pg_walfile_name(restart_lsn) FROM pg_replication_slots WHERE slot_name = 'bench_queue'")
    while [ "$(ls_filled "$first" | wc -l)" -lt "$wanted" ]; do
        query -c "SELECT count(pg_logical_emit_message(false, 'bench', what::bytea)) FROM easy WHERE id % 2 = 0" \
            -c "SELECT count(pg_logical_emit_message(false, 'bench', payload)) FROM hard WHERE id % 2 = 0" > /dev/null
    done
    ls_filled "$first" | head -n "$wanted" | while read -r name; do
        cp "$work/server/data/pg_wal/$name" "$work/queue/$name"
    done
    drop_slot bench_queue
    queue_bytes=$(du -sb --apparent-size "$work/queue" | cut -f 1)
}

# Segments from one on that are written to their end; behind these lie some that wait to be used again.
ls_filled() {
    local current
    current=$(query -c "SELECT pg_walfile_name(pg_current_wal_lsn())")
    find "$work/server/data/pg_wal" -maxdepth 1 -type f -name '????????????????????????' -printf '%f\n' | sort |
        awk -v first="$1" -v current="$current" '$0 >= first && $0 < current'
}

record_drain_rate() {
    local wall
    wall=$(awk -F '\t' -v subject="$1" '$2 == subject && $3 == "wall s" { wall = $4 } END { print wall }' "$results")
    record drain "$1" "MB/s" "$(awk -v bytes="$queue_bytes" -v wall="$wall" 'BEGIN { printf "%.1f", bytes / 1e6 / wall }')"
    record drain "$1" "stored %" "$(awk -v stored="$2" -v bytes="$queue_bytes" 'BEGIN { printf "%.1f", stored * 100 / bytes }')"
    shown=$(wc -l < "$results")
}

drain_peer() {
    local subject=$1 script=$2
    rm -rf "$work/drained"
    install -d -m 700 "$work/drained"
    settle
    measure_peer drain "$subject" sh -c "$script" sh "$work/queue" "$work/drained"
    record_drain_rate "$subject" "$(du -sb --apparent-size "$work/drained" | cut -f 1)"
    rm -rf "$work/drained"
}

# A server of its own for each run, so that the archive is empty.
drain_ours() {
    local compression=$1 level=$2 name=drain$((drains += 1)) subject home begin end cpu
    subject=$(drain_name "$compression${level:+ $level}")
    home=$MATRIARCH_DATA/matriarch/$name
    cat > "$work/server.cfg" << END
conninfo = host=127.0.0.1 port=$port user=postgres dbname=postgres sslmode=disable
streaming_archiver = off
archiver = on
compression = $compression
${level:+compression_level = $level}
END
    mv "$work/server.cfg" "$MATRIARCH_DATA/etc/org.matriarch.server-$name.cfg"
    for _ in $(seq 300); do
        [ -d "$home/incoming" ] && break
        sleep 0.1
    done
    [ -d "$home/incoming" ] || fail "server $name has no incoming directory"
    settle
    cpu=$(cpu_of "$container")
    reset_peak "$container"
    begin=$(now)
    ln "$work/queue"/* "$home/incoming/" || fail "unable to fill the queue"
    for _ in $(seq 60000); do
        [ -z "$(find "$home/incoming" -maxdepth 1 -type f -name '????????????????????????' -print -quit)" ] && break
        sleep 0.03
    done
    end=$(now)
    [ "$(find "$home/wals" -type f -name '????????????????????????' | wc -l)" = "$(ls "$work/queue" | wc -l)" ] ||
        fail "not all of the queue came to the archive of $name"
    record drain "$subject" "wall s" "$(minus "$end" "$begin")"
    record drain "$subject" "CPU s" "$(minus "$(cpu_of "$container")" "$cpu")"
    record drain "$subject" "peak MiB" "$(peak_mib "$container")"
    show_run
    record_drain_rate "$subject" "$(du -sb --apparent-size "$home/wals" | cut -f 1)"
    rm "$MATRIARCH_DATA/etc/org.matriarch.server-$name.cfg"
    sleep 1
    rm -rf "$home"
}

measure_drain() {
    require_container
    drains=0
    say "Queue: $SEGMENTS segments in incoming/ until the last one is stored in the archive"
    make_queue "$SEGMENTS"
    echo "          $((queue_bytes / 1000000)) MB of WAL, half of it hard to compress"
    for run in $(seq 0 "$RUNS"); do
        drain_peer "$DRAIN_COPY" 'cp "$1"/* "$2" && sync "$2"/* "$2"'
        drain_peer "$DRAIN_GZIP" 'for f in "$1"/*; do gzip -c "$f" > "$2/${f##*/}" || exit 1; done && sync "$2"/* "$2"'
        drain_ours none ""
        drain_ours zstd 1
        drain_ours lz4 ""
        drain_ours gzip 1
        [ "$run" != 1 ] || drain_ours bzip2 1 # once is long enough
        [ "$run" != 0 ] || forget_runs drain
    done
    rm -rf "$work/queue"
}

readonly PUSH="matriarch-wal-push"
readonly PUSH_RSYNC="rsync over SSH, to us"
readonly FETCH="matriarch-wal-fetch"
readonly FETCH_RSYNC="rsync over SSH, from us"
readonly PUSHES=20

# An sshd of our own on loopback, for whoever runs this.
start_sshd() {
    ssh_port=$(free_port)
    install -d -m 700 "$work/ssh"
    ssh-keygen -q -t ed25519 -N "" -f "$work/ssh/host" && ssh-keygen -q -t ed25519 -N "" -f "$work/ssh/key" || fail "ssh-keygen failed"
    cp "$work/ssh/key.pub" "$work/ssh/authorized_keys"
    cat > "$work/ssh/sshd_config" << END
ListenAddress 127.0.0.1:$ssh_port
HostKey $work/ssh/host
AuthorizedKeysFile $work/ssh/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
SetEnv HOME=$work/ssh
END
    # sshd of Debian insists on this directory when root starts it.
    [ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
    "$(command -v sshd)" -D -e -f "$work/ssh/sshd_config" > "$work/sshd.txt" 2>&1 &
    sshd=$!
    remote_shell="ssh -p $ssh_port -i $work/ssh/key -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=$work/ssh/known -o LogLevel=ERROR"
    for _ in $(seq 50); do
        $remote_shell 127.0.0.1 true 2>> "$work/sshd.txt" && return
        sleep 0.2
    done
    fail "sshd does not let us in"
}

end_sshd() {
    [ -n "${sshd:-}" ] || return 0
    kill "$sshd" 2> /dev/null
    wait "$sshd" 2> /dev/null
    sshd=
}

# time_each SUBJECT COMMAND...: runs the command with each of $PUSHES segments as its last argument.
time_each() {
    local subject=$1 begin name times=$work/each
    shift
    : > "$times"
    settle
    while read -r name; do
        begin=$(now)
        "$@" "$name" < /dev/null > "$work/command.txt" 2>&1 || fail "$subject failed for $name"
        minus "$(now)" "$begin" >> "$times"
        echo >> "$times"
    done < <(find "$work/queue" -type f -printf '%f\n' | sort | head -n "$PUSHES")
    sort -n "$times" | awk '{ t[NR] = $1 * 1000 } END { printf "p50 ms\t%.1f\nmax ms\t%.1f\n", t[int((NR + 1) / 2)], t[NR] }' |
        while IFS=$'\t' read -r metric value; do
            record push "$subject" "$metric" "$value"
        done
    show_run
}

push_by_ours() {
    "$installation/bin/matriarch-wal-push" --url "$push_url" --token-file "$push_token" "$push_server" "$work/queue/$1"
}

fetch_by_ours() {
    "$installation/bin/matriarch-wal-fetch" --url "$push_url" --token-file "$push_token" "$push_server" "$1" "$work/fetched/$1"
}

# As archive_command has it in many places; --fsync, since ours does not answer before the file is on the disk.
push_by_rsync() {
    rsync -a --fsync -e "$remote_shell" "$work/queue/$1" "127.0.0.1:$work/peer-archive/$1"
}

fetch_by_rsync() {
    rsync -a --fsync -e "$remote_shell" "127.0.0.1:$work/peer-archive/$1" "$work/fetched/$1"
}

measure_push() {
    local pushes=0
    require_container
    make_queue "$PUSHES"
    start_sshd
    # Whatever else listens on this machine.
    printf 'wal_port = 0\n' > "$work/http.cfg" && mv "$work/http.cfg" "$MATRIARCH_DATA/etc/org.matriarch.http.cfg"
    say "One segment at a time: pushed and fetched by our scripts, and by rsync over SSH to this machine"
    for run in $(seq 0 "$RUNS"); do
        push_server=push$((pushes += 1))
        cat > "$work/server.cfg" << END
conninfo = host=127.0.0.1 port=$port user=postgres dbname=postgres sslmode=disable
streaming_archiver = off
archiver = on
compression = zstd
compression_level = 1
END
        mv "$work/server.cfg" "$MATRIARCH_DATA/etc/org.matriarch.server-$push_server.cfg"
        await_push_door
        rm -rf "$work/peer-archive" "$work/fetched"
        install -d -m 700 "$work/peer-archive" "$work/fetched"
        time_each "$PUSH" push_by_ours
        time_each "$PUSH_RSYNC" push_by_rsync
        time_each "$FETCH" fetch_by_ours
        cmp -s "$work/queue/$(ls "$work/fetched" | head -n 1)" "$work/fetched/$(ls "$work/fetched" | head -n 1)" || fail "fetched another file"
        rm -rf "$work/fetched"/*
        time_each "$FETCH_RSYNC" fetch_by_rsync
        rm "$MATRIARCH_DATA/etc/org.matriarch.server-$push_server.cfg"
        [ "$run" != 0 ] || forget_runs push
    done
    end_sshd
    rm -rf "$work/queue" "$work/peer-archive" "$work/fetched"
}

# Where the door is and the token lie as server:show prints them.
await_push_door() {
    for _ in $(seq 100); do
        "$installation/bin/matriarch" server:show "$push_server" > "$work/command.txt" 2>&1
        push_url=$(sed -n 's/ *WAL door *: \(http[^ ]*\)/\1/p' "$work/command.txt")
        push_token=$(sed -n 's/ *token file *: \([^,]*\), .*/\1/p' "$work/command.txt")
        [ -n "$push_url" ] && [ -n "$push_token" ] && return
        sleep 0.2
    done
    fail "server $push_server has no push door"
}

readonly LARGE="archive of 100,000 segments"
readonly SMALL="empty archive"

# Sparse segments in 391 directories, as if 1.6 TB had been archived.
fill_archive() {
    local wals=$1 number
    for number in $(seq 4096 4486); do
        mkdir -p "$wals/$(printf '00000001%08X' "$number")"
    done
    seq 0 99999 | awk -v wals="$wals" '{
        number = 4096 + int($1 / 256)
        printf "%s/00000001%08X/00000001%08X000000%02X\n", wals, number, number, $1 % 256
    }' | xargs truncate -s 16777216 || fail "unable to fill the archive"
    # As if each directory had taken ten minutes, and not all of them been written to in this second.
    for number in $(seq 4096 4485); do
        touch -d "@$((${EPOCHSECONDS} - 600 * (4486 - number)))" "$wals/$(printf '00000001%08X' "$number")"
    done
}

# What is fast because it did not look at the archive must not be taken for a figure.
require_listed() {
    "$installation/bin/matriarch" wal:list main --format json > "$work/command.txt" 2>&1 || fail "unable to list the archive"
    [ "$(grep -o '"name"' "$work/command.txt" | wc -l)" -ge 100000 ] || fail "wal:list does not show the whole archive"
}

# time_command METRIC SUBJECT ARGUMENT...: in milliseconds, with the script around it.
time_command() {
    local metric=$1 subject=$2 begin
    shift 2
    begin=$(now)
    matriarch "$@"
    record scale "$subject" "$metric" "$(awk -v a="$(now)" -v b="$begin" 'BEGIN { printf "%.0f", (a - b) * 1000 }')"
}

measure_scale() {
    local subject
    require_container
    say "Scale: start and commands with 100,000 archived segments; 'first start' makes the index from the archive"
    for run in $(seq 1 "$RUNS"); do
        for subject in "$SMALL" "$LARGE"; do
            end_container
            start_container new
            put_under_care
            end_container
            if [ "$subject" = "$LARGE" ]; then
                fill_archive "$MATRIARCH_DATA/matriarch/main/wals"
                start_container
                record scale "$subject" "first start s" "$ready_seconds"
                time_command "first list ms" "$subject" wal:list main
                require_listed
                end_container
            fi
            start_container
            record scale "$subject" "ready s" "$ready_seconds"
            time_command "wal:list ms" "$subject" wal:list main
            time_command "wal:list again ms" "$subject" wal:list main
            time_command "server:status ms" "$subject" server:status main
            record scale "$subject" "resident MiB" "$(resident_mib "$container")"
            show_run
        done
    done
    end_container
    rm -rf "$MATRIARCH_DATA"
}
