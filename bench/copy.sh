# Read by ./run: backups whose files are copied over SSH, beside rsync and cp.

readonly COPY_RSYNC="rsync -a over SSH"
readonly COPY_RSYNC_SYNC="rsync -a --fsync over SSH"
readonly COPY_LINK="rsync -a --link-dest over SSH"
readonly COPY_CP="cp -a of the data directory"

# copy_name METHOD KIND: the subject of a backup.
copy_name() {
    echo "matriarch, $1, $2"
}

ratios_of_copy() {
    local method
    for method in rsync ssh; do
        cat << END
$method: first backup, wall time / rsync -a|wall s|$(copy_name $method first)|$COPY_RSYNC, first|<= 1.15
$method: first backup, wall time / rsync -a --fsync|wall s|$(copy_name $method first)|$COPY_RSYNC_SYNC, first|-
$method: first backup, wall time / cp -a|wall s|$(copy_name $method first)|$COPY_CP|-
$method: unchanged, wall time / rsync -a --link-dest|wall s|$(copy_name $method unchanged)|$COPY_LINK, unchanged|<= 1.20
$method: 5 % changed, wall time / rsync -a --link-dest|wall s|$(copy_name $method changed)|$COPY_LINK, changed|-
END
    done
}

# Waits until what was configured is in force.
copy_with() {
    cat > "$work/server.cfg" << END
conninfo = host=127.0.0.1 port=$port user=postgres dbname=postgres sslmode=disable
slot_name = matriarch
create_slot = auto
backup_method = $1
ssh_command = $remote_shell 127.0.0.1
reuse_backup = link
parallel_jobs = 2
END
    mv "$work/server.cfg" "$MATRIARCH_DATA/etc/org.matriarch.server-main.cfg"
    for _ in $(seq 100); do
        "$installation/bin/matriarch" server:show main 2> /dev/null | grep -q "backup_method.*$1" && await_streaming && return
        sleep 0.2
    done
    fail "backup_method = $1 does not come into force"
}

# Times prove something only from the next second on.
copy_settle() {
    query -c CHECKPOINT
    sleep 2
    settle
}

# copy_peer KIND TARGET OPTION...: WAL is left out, as a backup does.
copy_peer() {
    local subject=$1 target=$2
    shift 2
    copy_settle
    measure_peer copy "$subject" rsync -a --exclude '/pg_wal/*' "$@" -e "$remote_shell" "127.0.0.1:$work/server/data/" "$target/"
}

copy_by_cp() {
    copy_settle
    rm -rf "$work/copied"
    # shellcheck disable=SC2016 # expanded by the inner shell
    measure_peer copy "$COPY_CP" sh -c \
        'mkdir "$2" && find "$1" -mindepth 1 -maxdepth 1 ! -name pg_wal -exec cp -a -t "$2" {} +' \
        sh "$work/server/data" "$work/copied"
    rm -rf "$work/copied"
}

copy_by_ours() {
    copy_settle
    measure_ours copy "$(copy_name "$1" "$2")" backup:create main --immediate-checkpoint --wait
}

# About a twentieth of the data lies in files that this changes.
copy_change() {
    query -c "UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid % 100 = 0"
}

measure_copy() {
    local method
    require_container
    start_sshd
    say "Copy: backups with rsync and over SFTP, two jobs, reuse_backup = link; and rsync and cp, which sync nothing"
    for run in $(seq 0 "$RUNS"); do
        delete_backups
        for method in rsync ssh; do
            copy_with "$method"
            copy_by_ours "$method" first
            rm -rf "$work/copied.1"
            [ "$method" = ssh ] || copy_peer "$COPY_RSYNC, first" "$work/copied.1"
            [ "$method" = rsync ] || copy_peer "$COPY_RSYNC_SYNC, first" "$work/copied.1" --fsync
            copy_by_ours "$method" unchanged
            [ "$method" = ssh ] || copy_peer "$COPY_LINK, unchanged" "$work/copied.2" --link-dest="$work/copied.1"
            copy_change
            copy_by_ours "$method" changed
            [ "$method" = ssh ] || copy_peer "$COPY_LINK, changed" "$work/copied.3" --link-dest="$work/copied.1"
            delete_backups
            rm -rf "$work"/copied.[123]
        done
        copy_by_cp
        [ "$run" != 0 ] || forget_runs copy
    done
    end_sshd
    put_under_care
}
