# Read by ./run: finds, starts and ends what is measured.

work=
server=
container=
receiver=

find_postgres() {
    local directory
    for directory in ${BENCH_POSTGRES:-$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t / -k 5 -rV)}; do
        if [ -x "$directory/postgres" ] && [ -x "$directory/pg_basebackup" ] && [ -x "$directory/pgbench" ]; then
            echo "$directory"
            return 0
        fi
    done
    return 1
}

# Server and peers come from the same package, so that neither has an advantage.
find_programs() {
    PACKAGES+=([/usr/bin/time]=time [setpriv]=util-linux [gzip]=gzip)
    find_postgres > /dev/null || PACKAGES+=([pg_createcluster]=postgresql)
    install_missing || exit 1
    postgres_bin=$(find_postgres) || fail "no PostgreSQL with pg_basebackup and pgbench found; set BENCH_POSTGRES"
    as_server_user=()
    if [ "$(id -u)" -eq 0 ]; then
        id postgres > /dev/null 2>&1 || fail "there is no user 'postgres', and PostgreSQL does not run as root"
        as_server_user=(setpriv "--reuid=$(id -u postgres)" "--regid=$(id -g postgres)" --clear-groups --)
    fi
}

make_work_directory() {
    local base=${BENCH_DIRECTORY:-/tmp} free
    free=$(df --output=avail -B 1M "$base" | tail -n 1)
    [ "$free" -gt $((MEGABYTES * 5 + 2048)) ] ||
        fail "$base has $free MB free, needed are $((MEGABYTES * 5 + 2048)); set BENCH_DIRECTORY"
    work=$(mktemp -d "$base/matriarch-bench.XXXXXX") || exit 1
    chmod 755 "$work"
    results=$work/results
    : > "$results"
    install -d -m 700 "$work/peer"
    install -d -m 700 "$work/server"
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres:postgres "$work/peer" "$work/server"
    fi
}

program() {
    local name=$1
    shift
    "${as_server_user[@]}" "$postgres_bin/$name" "$@"
}

query() {
    PGOPTIONS="-c synchronous_commit=local" timeout "$PATIENCE" "$postgres_bin/psql" -XAtq -v ON_ERROR_STOP=1 \
        -h 127.0.0.1 -p "$port" -U postgres -d postgres "$@" 2>> "$work/psql.txt" || fail "SQL failed: $*"
}

free_port() {
    local candidate
    while :; do
        candidate=$((20000 + RANDOM % 12000))
        (exec 3<> "/dev/tcp/127.0.0.1/$candidate") 2> /dev/null || break
    done
    echo "$candidate"
}

run_server() {
    # As a child of this script, so that its process id cannot have become somebody else's.
    "${as_server_user[@]}" "$postgres_bin/postgres" -D "$work/server/data" "$@" >> "$work/server.txt" 2>&1 &
    server=$!
    for _ in $(seq 300); do
        "$postgres_bin/pg_isready" -q -h 127.0.0.1 -p "$port" && return
        kill -0 "$server" 2> /dev/null || fail "the server does not start"
        sleep 0.2
    done
    fail "the server does not answer"
}

end_server() {
    kill -INT "$server" && wait "$server"
    server=
}

start_server() {
    port=$(free_port)
    say "Making a server on port $port: half of its data is text that compresses well, half is random."
    program initdb -D "$work/server/data" -U postgres -A trust -k --no-sync -E UTF8 --locale=C > "$work/initdb.txt" 2>&1 ||
        fail "initdb failed"
    cat << END | "${as_server_user[@]}" tee -a "$work/server/data/postgresql.conf" > /dev/null
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
shared_buffers = 256MB
max_wal_size = 16GB
min_wal_size = 1GB
checkpoint_timeout = 1h
autovacuum = off
wal_sender_timeout = 0
log_checkpoints = off
END
    # Without WAL for what is loaded: it would only fill the disk.
    run_server -c wal_level=minimal -c max_wal_senders=0 -c synchronous_commit=off
    make_data
    end_server
    run_server
    query -c CHECKPOINT
    size_mb=$(query -c "SELECT sum(pg_database_size(oid)) / 1000000 FROM pg_database" | cut -d . -f 1)
    echo "          $size_mb MB in all databases"
}

make_data() {
    local rows=$((MEGABYTES * 1000 / 2 * 10 / 11))
    query -c "CREATE EXTENSION pgcrypto" -c "
        BEGIN;
        CREATE TABLE easy (id bigint, created timestamptz, customer text, what text);
        INSERT INTO easy
            SELECT n, timestamptz '2024-01-01' + n * interval '1 second', 'customer ' || n % 1000,
                   repeat('one more line of an order that looks much like the others; ', 15)
            FROM generate_series(1, $rows) n;
        COMMIT" -c "
        BEGIN;
        CREATE TABLE hard (id bigint, payload bytea);
        ALTER TABLE hard ALTER payload SET STORAGE PLAIN;
        INSERT INTO hard SELECT n, gen_random_bytes(980) FROM generate_series(1, $rows) n;
        COMMIT" -c "
        CREATE INDEX ON easy (id)" -c "
        CREATE INDEX ON hard (id)" -c "
        VACUUM FREEZE"
    program pgbench -h 127.0.0.1 -p "$port" -U postgres -i -q -s 10 postgres > "$work/pgbench.txt" 2>&1 || fail "pgbench -i failed"
}

built() {
    ls karaf-distribution/target/matriarch-karaf-*.tar.gz 2> /dev/null | head -n 1
}

# Builds unless the archive is newer than every source: the figures are those of this tree.
distribution() {
    local archive=${BENCH_ARCHIVE:-}
    [ -n "$archive" ] && echo "$archive" && return
    archive=$(built)
    if [ -z "$archive" ] ||
        [ -n "$(find bundles features karaf-distribution etc pom.xml -newer "$archive" -type f -not -path '*/target/*' -print -quit)" ]; then
        say "Building the product." >&2
        mvn -B -ntp -q package -Dmaven.test.skip=true -pl karaf-distribution -am >&2 || return 1
        archive=$(built)
    fi
    echo "$archive"
}

unpack_container() {
    local archive
    archive=$(distribution) || fail "the build failed"
    tar -xzf "$archive" -C "$work" || fail "unable to unpack the distribution"
    installation=$(echo "$work"/matriarch-karaf-*)
    # Its own defaults are what is measured.
    unset MATRIARCH_HEAP EXTRA_JAVA_OPTS KARAF_OPTS JAVA_OPTS
    export MATRIARCH_DATA=$work/matriarch
}

# Starts the container and waits until it answers a command; $1 = new: as on a machine where it never ran.
start_container() {
    if [ "${1:-}" = new ]; then
        rm -rf "$MATRIARCH_DATA"
        await_slot_free
        query -c "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots" > /dev/null
    fi
    "$installation/bin/karaf" daemon > "$work/container.txt" 2>&1 &
    local shell=$! begin end
    begin=$(now)
    for _ in $(seq 2400); do
        "$installation/bin/matriarch" server:list > /dev/null 2>&1 && break
        kill -0 "$shell" 2> /dev/null || fail "the container ended"
        sleep 0.05
    done
    end=$(now)
    "$installation/bin/matriarch" server:list > /dev/null 2>&1 || fail "the container does not answer"
    ready_seconds=$(minus "$end" "$begin")
    container=$shell
    if [ "$(cat "/proc/$shell/comm")" != java ]; then
        container=$(pgrep -P "$shell" java) || fail "no Java runs in the container"
    fi
}

end_container() {
    local count=0
    [ -n "$container" ] || return
    kill "$container" 2> /dev/null
    while kill -0 "$container" 2> /dev/null && [ $((count += 1)) -lt 300 ]; do
        sleep 0.1
    done
    kill -KILL "$container" 2> /dev/null && echo "bench: the container did not end in 30 s and was killed" >&2
    wait 2> /dev/null "$container"
    container=
}

put_under_care() {
    cat > "$work/server.cfg" << END
conninfo = host=127.0.0.1 port=$port user=postgres dbname=postgres sslmode=disable
slot_name = matriarch
create_slot = auto
END
    mv "$work/server.cfg" "$MATRIARCH_DATA/etc/org.matriarch.server-main.cfg"
    await_streaming
}

await_streaming() {
    for _ in $(seq 300); do
        "$installation/bin/matriarch" wal:receive main status --format json 2> /dev/null | grep -q STREAMING && return
        sleep 0.2
    done
    fail "the receiver does not stream"
}

matriarch() {
    timeout "$PATIENCE" "$installation/bin/matriarch" "$@" > "$work/command.txt" 2>&1 || fail "matriarch $* failed"
}

# The container with the server under care; what an earlier section has started is used again.
require_container() {
    [ -z "$container" ] || return
    say "Starting the container."
    start_container new
    put_under_care
}

# The server notices a little later that a receiver has gone.
await_slot_free() {
    for _ in $(seq 100); do
        [ "$(query -c "SELECT count(*) FROM pg_replication_slots WHERE active")" = 0 ] && return
        sleep 0.1
    done
    fail "a replication slot stays in use"
}

end_receiver() {
    [ -n "$receiver" ] || return
    kill -INT "$receiver" 2> /dev/null
    wait "$receiver" 2> /dev/null
    receiver=
}

# Ends what this script has started, and nothing else.
clean_up() {
    trap '' INT TERM HUP
    end_receiver
    end_sshd
    end_container
    if [ -n "$server" ]; then
        kill -QUIT "$server" 2> /dev/null
        wait "$server" 2> /dev/null
    fi
    if [ -n "$work" ]; then
        rm -rf "$work"
    fi
}
