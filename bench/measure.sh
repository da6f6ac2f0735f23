# Read by ./run: takes times, CPU and memory, and sums them up.

say() {
    printf '\n%s  %s\n' "$(date +%T)" "$*"
}

fail() {
    printf '\nbench: %s\n' "$*" >&2
    if [ -n "${work:-}" ]; then
        tail -n 20 "$work"/*.txt >&2 2> /dev/null
    fi
    exit 1
}

load() {
    cut -d ' ' -f 1-3 /proc/loadavg
}

describe_machine() {
    say "$(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo) of memory"
    echo "          Linux $(uname -r), $(df --output=fstype "$work" | tail -n 1) below $(dirname "$work")"
    echo "          $("$postgres_bin/postgres" --version), Java $("$JAVA_HOME/bin/java" -version 2>&1 | sed -n 's/.*version "\(.*\)".*/\1/p')"
    echo "          $MEGABYTES MB of data, $RUNS runs, load $(load)"
    if awk -v cores="$(nproc)" '{ exit !($1 > cores / 4) }' /proc/loadavg; then
        echo "          WARNING: this machine is busy with something else: the figures mean little."
    fi
}

now() {
    echo "$EPOCHREALTIME"
}

minus() {
    awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a - b }'
}

plus() {
    awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a + b }'
}

# CPU seconds of a process itself, user and system. The name in the second field may hold blanks.
cpu_of() {
    sed 's/.*) //' "/proc/$1/stat" | awk -v hz="$(getconf CLK_TCK)" '{ printf "%.3f", ($12 + $13) / hz }'
}

# CPU seconds of those children of a process that have ended: of a postmaster, the backends.
cpu_of_ended_children() {
    sed 's/.*) //' "/proc/$1/stat" | awk -v hz="$(getconf CLK_TCK)" '{ printf "%.3f", ($14 + $15) / hz }'
}

resident_mib() {
    awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$1/status"
}

peak_mib() {
    awk '/^VmHWM/ { printf "%.1f", $2 / 1024 }' "/proc/$1/status"
}

# From now on the peak is that of what follows.
reset_peak() {
    echo 5 > "/proc/$1/clear_refs"
}

# record SECTION SUBJECT METRIC VALUE
record() {
    printf '%s\t%s\t%s\t%s\n' "$@" >> "$results"
    if [ -n "${BENCH_RESULTS:-}" ]; then
        printf '%s\t%s\t%s\t%s\n' "$@" >> "$BENCH_RESULTS"
    fi
}

# Prints one run of a subject: all that was recorded of it since the last call.
show_run() {
    tail -n +$((${shown:-0} + 1)) "$results" |
        awk -F '\t' -v time="$(date +%T)" '
            NR == 1 { printf "%s    %-34s", time, $2 }
            { printf "  %s %s", $3, $4 }
            END { print "" }'
    shown=$(wc -l < "$results")
}

# Writes dirty pages of earlier runs out, so that no subject pays for another.
settle() {
    sync
}

# record_server_cpu SECTION SUBJECT BEFORE; a restore has nothing to do with the server.
record_server_cpu() {
    [ "$1" = restore ] || record "$1" "$2" "server CPU s" "$(minus "$(cpu_of_ended_children "$server")" "$3")"
}

# measure_peer SECTION SUBJECT COMMAND...: a program of its own, with its own peak.
measure_peer() {
    local section=$1 subject=$2 times=$work/times begin end server_cpu
    shift 2
    server_cpu=$(cpu_of_ended_children "$server")
    begin=$(now)
    timeout "$PATIENCE" /usr/bin/time -f '%U %S %M' -o "$times" "$@" > "$work/peer.txt" 2>&1 || fail "$subject failed"
    end=$(now)
    record "$section" "$subject" "wall s" "$(minus "$end" "$begin")"
    record "$section" "$subject" "CPU s" "$(awk 'END { print $1 + $2 }' "$times")"
    record_server_cpu "$section" "$subject" "$server_cpu"
    record "$section" "$subject" "peak MiB" "$(awk 'END { printf "%.1f", $3 / 1024 }' "$times")"
    show_run
}

# measure_ours SECTION SUBJECT ARGUMENT...: a command of bin/matriarch. CPU is that of the container and of the command.
measure_ours() {
    local section=$1 subject=$2 times=$work/times begin end server_cpu container_cpu before
    shift 2
    server_cpu=$(cpu_of_ended_children "$server")
    container_cpu=$(cpu_of "$container")
    before=$(resident_mib "$container")
    reset_peak "$container"
    begin=$(now)
    timeout "$PATIENCE" /usr/bin/time -f '%U %S %M' -o "$times" "$installation/bin/matriarch" "$@" --no-progress \
        > "$work/command.txt" 2>&1 || fail "$subject failed"
    end=$(now)
    record "$section" "$subject" "wall s" "$(minus "$end" "$begin")"
    record "$section" "$subject" "CPU s" \
        "$(plus "$(minus "$(cpu_of "$container")" "$container_cpu")" "$(awk 'END { print $1 + $2 }' "$times")")"
    record_server_cpu "$section" "$subject" "$server_cpu"
    record "$section" "$subject" "peak MiB" "$(peak_mib "$container")"
    record "$section" "$subject" "added MiB" "$(minus "$(peak_mib "$container")" "$before")"
    show_run
}

# Prints the medians of a section, a row for each subject, and below it the ratios to the peers.
summarise() {
    say "$1: medians of the runs"
    awk -F '\t' -v section="$1" '
        $1 == section {
            key = $2 SUBSEP $3
            if (!($2 in subject_known)) { subject_known[$2]; subjects[++subject_count] = $2 }
            if (!($3 in metric_known)) { metric_known[$3]; metrics[++metric_count] = $3 }
            values[key, ++count[key]] = $4
        }
        function median(key,    n, i, j, swap, sorted) {
            n = count[key]
            for (i = 1; i <= n; i++) { sorted[i] = values[key, i] + 0 }
            for (i = 2; i <= n; i++) {
                for (j = i; j > 1 && sorted[j - 1] > sorted[j]; j--) {
                    swap = sorted[j]; sorted[j] = sorted[j - 1]; sorted[j - 1] = swap
                }
            }
            return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
        }
        END {
            printf "| %-34s |", "subject"
            for (m = 1; m <= metric_count; m++) { printf " %12s |", metrics[m] }
            printf "\n| --- |"
            for (m = 1; m <= metric_count; m++) { printf " ---: |" }
            print ""
            for (s = 1; s <= subject_count; s++) {
                printf "| %-34s |", subjects[s]
                for (m = 1; m <= metric_count; m++) {
                    key = subjects[s] SUBSEP metrics[m]
                    if (key in count) { printf " %12.2f |", median(key) } else { printf " %12s |", "-" }
                }
                print ""
            }
        }' "$results"
    ratios_of "$1" | while IFS='|' read -r title metric ours peer aim; do
        print_ratio "$1" "$title" "$metric" "$ours" "$peer" "$aim"
    done
}

# Besides the ratio of the medians, the smallest and largest of the runs that followed each other.
print_ratio() {
    awk -F '\t' -v section="$1" -v title="$2" -v metric="$3" -v ours="$4" -v peer="$5" -v aim="$6" '
        function sort(list, n,    i, j, swap) {
            for (i = 2; i <= n; i++) {
                for (j = i; j > 1 && list[j - 1] > list[j]; j--) { swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap }
            }
        }
        function median(list, n) { return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2 }
        $1 == section && $3 == metric && $2 == ours { a[++n] = $4 + 0 }
        $1 == section && $3 == metric && $2 == peer { b[++m] = $4 + 0 }
        END {
            if (!n || (peer != "" && !m)) { exit }
            if (peer == "") {
                sort(a, n)
                printf "    %-66s %8.2f   (%.2f to %.2f)   aim %s\n", title, median(a, n), a[1], a[n], aim
                exit
            }
            for (i = 1; i <= n && i <= m; i++) { if (b[i] > 0) { pair[++p] = a[i] / b[i] } }
            sort(pair, p); sort(a, n); sort(b, m)
            if (median(b, m) > 0) {
                printf "    %-66s %7.2fx   (%.2f to %.2f)   aim %s\n", title, median(a, n) / median(b, m), pair[1], pair[p], aim
            }
        }' "$results"
}
