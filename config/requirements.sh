# Read by ./demo and ./verify: finds or installs what they need from the system, and a JDK 17.
# Sets JAVA_HOME. The caller sets ME, the name that messages begin with.

# Debian package of each program the build or a test starts. sshd is not on the path of an ordinary user.
declare -A PACKAGES=([mvn]=maven [rsync]=rsync [sshd]=openssh-server [ssh]=openssh-client [curl]=curl
    [gzip]=gzip [bzip2]=bzip2 [zstd]=zstd [lz4]=lz4)
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# Without it, Java takes a file name that is not ASCII for a mistake.
[ "$(locale charmap 2> /dev/null)" = UTF-8 ] || export LC_ALL=C.UTF-8

java_major() {
    "$1" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1
}

# Prints the home of a JDK 17: the chosen one, the one on the path, or one that the distribution has installed.
find_jdk() {
    local javac home
    for javac in "${JAVA_HOME:-/nonexistent}/bin/javac" "$(command -v javac)" /usr/lib/jvm/*/bin/javac; do
        home=$(dirname "$(dirname "$(readlink -f "$javac" || echo /nonexistent/bin/javac)")")
        if [ -x "$home/bin/javac" ] && [ "$(java_major "$home/bin/java")" = 17 ]; then
            echo "$home"
            return 0
        fi
    done
    return 1
}

missing_packages() {
    local program
    for program in "${!PACKAGES[@]}"; do
        command -v "$program" > /dev/null || echo "${PACKAGES[$program]}"
    done
    find_jdk > /dev/null || echo openjdk-17-jdk-headless
}

# Prints the command that installs packages without asking anybody, or fails.
apt_install() {
    command -v apt-get > /dev/null || return 1
    if [ "$(id -u)" -eq 0 ]; then
        echo "env DEBIAN_FRONTEND=noninteractive"
    elif sudo -n true 2> /dev/null; then
        echo "sudo -n env DEBIAN_FRONTEND=noninteractive"
    else
        return 1
    fi
}

install_missing() {
    local missing as_root
    missing=$(missing_packages | sort -u)
    [ -n "$missing" ] || return 0
    if as_root=$(apt_install); then
        echo "$ME: installing" $missing
        # shellcheck disable=SC2086 # lists of words on purpose
        $as_root apt-get install -y -qq -o DPkg::Lock::Timeout=120 --no-install-recommends $missing ||
            { $as_root apt-get update -qq && $as_root apt-get install -y -qq -o DPkg::Lock::Timeout=120 --no-install-recommends $missing; }
        missing=$(missing_packages | sort -u)
        [ -n "$missing" ] || return 0
    fi
    echo "$ME: missing, please install:" $missing >&2
    return 1
}

install_missing || exit 1
JAVA_HOME=$(find_jdk) || { echo "$ME: no JDK 17 found" >&2; exit 1; }
export JAVA_HOME
