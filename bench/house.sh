# Read by ./run: a house of many servers, with a long history.

readonly HOUSE_SERVERS=50
readonly HOUSE_BACKUPS=200
readonly HOUSE_SEGMENTS=20000
readonly HOUSE="50 servers, 10,000 backups, 1,000,000 WALs"

house_server() {
    printf 'house%02d' "$1"
}

# The WAL of one server: sparse segments in 79 directories.
make_house_wal() {
    seq 0 $((HOUSE_SEGMENTS - 1)) | awk -v wals="$1/wals" '{
        number = 4096 + int($1 / 256)
        if ($1 % 256 == 0) { system(sprintf("mkdir -p %s/00000001%08X", wals, number)) }
        printf "%s/00000001%08X/00000001%08X000000%02X\n", wals, number, number, $1 % 256
    }' > "$work/segments.txt"
    xargs truncate -s 16777216 < "$work/segments.txt" || fail "unable to fill the archive in $1"
    date_house_wal "$1/wals"
}

# As old as the backups between which it lies, so that what is new is little, as in a real archive.
date_house_wal() {
    local directory seconds=$((EPOCHSECONDS - 86400 * HOUSE_BACKUPS))
    for directory in "$1"/*/; do
        touch -d "@$seconds" "$directory"* "$directory" || fail "unable to date the archive in $1"
        seconds=$((seconds + 86400 * HOUSE_BACKUPS * 256 / HOUSE_SEGMENTS))
    done
}

# One backup a day, each with the record and the manifest of a real one; only where it begins and ends is its own.
make_house_backups() {
    local home=$1 name=$2 template=$3 manifest=$4 count day id begin end at first last from to
    local -x TZ=UTC
    mkdir -p "$home/meta" "$home/base"
    for count in $(seq 0 $((HOUSE_BACKUPS - 1))); do
        day=$((EPOCHSECONDS - 86400 * (HOUSE_BACKUPS - count)))
        printf -v id '%(%Y%m%dT%H%M%S)T' "$day"
        printf -v begin '%(%Y-%m-%d %H:%M:%S)T.000000+00:00' "$day"
        printf -v end '%(%Y-%m-%d %H:%M:%S)T.000000+00:00' "$((day + 60))"
        at=$((count * HOUSE_SEGMENTS / HOUSE_BACKUPS))
        printf -v first '%08X%08X%08X' 1 $((4096 + at / 256)) $((at % 256))
        printf -v last '%08X%08X%08X' 1 $((4096 + (at + 1) / 256)) $(((at + 1) % 256))
        printf -v from '%X/%X000028' $((4096 + at / 256)) $((at % 256))
        printf -v to '%X/%X000100' $((4096 + (at + 1) / 256)) $(((at + 1) % 256))
        sed -e "s|^begin_time=.*|begin_time=$begin|" -e "s|^end_time=.*|end_time=$end|" \
            -e "s|^begin_wal=.*|begin_wal=$first|" -e "s|^end_wal=.*|end_wal=$last|" \
            -e "s|^begin_xlog=.*|begin_xlog=$from|" -e "s|^end_xlog=.*|end_xlog=$to|" \
            -e "s|^server_name=.*|server_name=$name|" "$template" > "$home/meta/$id-backup.info"
        ln "$manifest" "$home/meta/$id-manifest.json"
        mkdir -p "$home/base/$id/data"
    done
}

make_house() {
    local own=$MATRIARCH_DATA/matriarch/main number name home template manifest
    matriarch backup:create main --immediate-checkpoint --wait --no-progress
    end_container
    template=$(ls "$own"/meta/*-backup.info) && manifest=$(ls "$own"/meta/*-manifest.json) || fail "there is no backup to copy"
    for number in $(seq "$HOUSE_SERVERS"); do
        name=$(house_server "$number")
        home=$MATRIARCH_DATA/matriarch/$name
        mkdir -p "$home/wals"
        cp "$own/identity.json" "$home/"
        make_house_wal "$home"
        make_house_backups "$home" "$name" "$template" "$manifest"
        cat > "$MATRIARCH_DATA/etc/org.matriarch.server-$name.cfg" << END
conninfo = host=127.0.0.1 port=$port user=postgres dbname=postgres sslmode=disable
streaming_archiver = off
archiver = on
retention_policy = REDUNDANCY $HOUSE_BACKUPS
END
    done
}

# Configurations come one by one after the first command is answered: until all are there the container has not started.
start_house() {
    local begin
    begin=$(now)
    start_container
    for _ in $(seq 600); do
        "$installation/bin/matriarch" server:list --format json > "$work/command.txt" 2>&1
        [ "$(grep -o '"name"' "$work/command.txt" | wc -l)" -gt "$HOUSE_SERVERS" ] && break
        sleep 0.1
    done
    [ "$(grep -o '"name"' "$work/command.txt" | wc -l)" -gt "$HOUSE_SERVERS" ] || fail "not all servers are there"
    record house "$HOUSE" "$1" "$(minus "$(now)" "$begin")"
}

# What is fast because it did not look must not be taken for a figure.
require_house() {
    local name
    name=$(house_server "$HOUSE_SERVERS")
    [ "$("$installation/bin/matriarch" backup:list "$name" --minimal | wc -l)" = "$HOUSE_BACKUPS" ] ||
        fail "not all backups of $name are there"
    [ "$("$installation/bin/matriarch" wal:list "$name" --format json | grep -o '"name"' | wc -l)" -ge "$HOUSE_SEGMENTS" ] ||
        fail "not all WAL of $name is there"
}

time_house_command() {
    local metric=$1 begin
    shift
    begin=$(now)
    matriarch "$@"
    record house "$HOUSE" "$metric" "$(awk -v a="$(now)" -v b="$begin" 'BEGIN { printf "%.0f", (a - b) * 1000 }')"
}

measure_house() {
    local first last
    first=$(house_server 1)
    last=$(house_server "$HOUSE_SERVERS")
    end_container
    start_container new
    put_under_care
    say "House: $HOUSE, as sparse files; 'first start' makes the indexes from the archives"
    make_house
    settle
    start_house "first start s"
    require_house
    sleep "$IDLE_SECONDS"
    record house "$HOUSE" "first MiB" "$(peak_mib "$container")"
    for run in $(seq 1 "$RUNS"); do
        end_container
        settle
        start_house "ready s"
        time_house_command "at once ms" backup:list "$first"
        sleep "$IDLE_SECONDS"
        time_house_command "server:list ms" server:list
        time_house_command "backup:list ms" backup:list "$first"
        time_house_command "wal:list ms" wal:list "$first"
        time_house_command "server:status ms" server:status "$first"
        time_house_command "retention:plan ms" retention:plan "$first"
        time_house_command "backup:list all ms" backup:list all
        time_house_command "again ms" backup:list all
        time_house_command "last wal:list ms" wal:list "$last"
        sleep "$IDLE_SECONDS"
        record house "$HOUSE" "resident MiB" "$(resident_mib "$container")"
        record house "$HOUSE" "peak MiB" "$(peak_mib "$container")"
        show_run
    done
    end_container
    rm -rf "$MATRIARCH_DATA"
}
