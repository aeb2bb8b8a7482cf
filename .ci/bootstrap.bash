# What cli/ferry, tests/run and .ci/run share: installing packages and building. Source it.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# Packages of Debian and Ubuntu; of alternatives, the first that the system knows.
ferry_packages=(
    g++ cmake ninja-build libasio-dev libssl-dev libcli11-dev
    "libboost-json-dev|libboost-json1.83-dev|libboost-json1.81-dev"
    "libllhttp-dev|node-llhttp"
    libkrb5-dev
    libproxy-dev
    libsmbclient-dev
)
test_packages=(
    doctest-dev python3 openssl curl procps iproute2
    nginx apache2 lighttpd lighttpd-mod-openssl
    krb5-kdc krb5-admin-server krb5-user libapache2-mod-auth-gssapi gss-ntlmssp
    squid tinyproxy microsocks
    samba smbclient
)
# Elsewhere than in Debian, Node.js brings its npm along, and conflicts with Debian's.
command -v node >/dev/null && command -v npm >/dev/null || test_packages+=(nodejs npm)

say() { echo "ferry: $*" >&2; }

as_root() {
    if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

# Those of the given packages of which no alternative is installed, one a line.
missing_of() {
    local installed wanted name
    installed=$(dpkg-query -W -f='/${Package}=${db:Status-Status}/' ${*//|/ } 2>/dev/null)
    for wanted in "$@"; do
        for name in ${wanted//|/ }; do
            [[ $installed != *"/$name=installed/"* ]] || continue 2
        done
        echo "$wanted"
    done
}

# need_packages PACKAGE...: installs what is missing, without questions.
need_packages() {
    command -v apt-get >/dev/null || return 0 # elsewhere CMake finds out, see build()
    local missing names log=$root/build/packages.log
    missing=$(missing_of "$@")
    [[ -n $missing ]] || return 0
    names=$(sed 's/|.*//' <<<"$missing" | xargs)

    mkdir -p "$root/build"
    if ((EUID != 0)) && ! command -v sudo >/dev/null; then
        say "missing: $names (to install them I need root or sudo)"
        return 1
    fi
    say "installing $names (log: build/packages.log)"
    if ((EUID != 0)) && [[ -t 0 ]]; then
        sudo -v # asks for the password, if at all, here, where the question can be seen
    fi
    if ! install_packages $missing >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        say "could not install $names"
        return 1
    fi
}

# A subshell, so that the trap is its own.
install_packages() (
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=600)
    as_root "${apt[@]}" update # should a mirror be down, the next step may still succeed

    local names=() wanted name
    for wanted in "$@"; do
        for name in ${wanted//|/ }; do
            [[ -z $(apt-cache madison "$name" 2>/dev/null) ]] || break
        done
        names+=("$name") # if none is known, the last one: apt tells
    done

    # The tests start web servers of their own: those of the packages must run neither now
    # (policy-rc.d) nor after the next boot (disable).
    local policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
        trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
        as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy"
    fi
    as_root "${apt[@]}" install --no-install-recommends "${names[@]}" || exit
    command -v systemctl >/dev/null || exit 0
    for name in "${names[@]}"; do
        [[ $name != @(nginx|apache2|lighttpd|squid|tinyproxy|microsocks|krb5-kdc|krb5-admin-server) ]] ||
            as_root systemctl disable "$name"
        [[ $name != samba ]] || as_root systemctl disable smbd nmbd samba-ad-dc
    done
    exit 0
)

# build PRESET TARGET...: configures if need be, then builds; the output goes to ferry-build.log in
# the build folder, with verbose=1 to the terminal. tests=1 adds the tests.
build() {
    local dir=$root/build/$1 status
    mkdir -p "$dir"
    # The left side holds the pipe open while it works; what takes long is worth a line.
    configure_and_build "$dir" "$@" 3>&1 1>&2 | {
        read -r -t 1
        (($? <= 128)) || [[ -n ${verbose-} ]] || say "building (log: build/$1/ferry-build.log)"
        cat
    }
    status=${PIPESTATUS[0]}
    ((status == 0)) || {
        [[ -n ${verbose-} ]] || cat "$dir/ferry-build.log" >&2
        say "the build failed"
        command -v apt-get >/dev/null ||
            say "it needs a C++20 compiler, CMake 3.25, Ninja, standalone Asio 1.22, OpenSSL 3," \
                "Boost.JSON 1.81, llhttp and CLI11, for the tests also doctest and Python 3"
    }
    return "$status"
}

configure_and_build() {
    local dir=$1 preset=$2 cache='' lock options=()
    shift 2
    cd "$root" || return
    # ninja expects no company in a build folder.
    exec {lock}>"$dir/.lock"
    flock "$lock"
    [[ -n ${verbose-} ]] || exec >"$dir/ferry-build.log" 2>&1

    [[ ! -e $dir/CMakeCache.txt ]] || cache=$(<"$dir/CMakeCache.txt")
    [[ -z ${tests-} || $cache == *FERRY_BUILD_TESTS:BOOL=ON* ]] || options+=(-DFERRY_BUILD_TESTS=ON)
    # A copied build folder still belongs to the place that it came from.
    [[ $cache == *"CMAKE_HOME_DIRECTORY:INTERNAL=$root"$'\n'* ]] || options+=(--fresh)
    if [[ ${#options[@]} -gt 0 || ! $dir/.configured -nt CMakePresets.json ]]; then
        cmake --preset "$preset" "${options[@]}" || return
        touch "$dir/.configured"
    fi
    cmake --build "$dir" -j "$(job_count)" --target "$@"
}

# Coroutines cost the compiler about 1 GiB: no more jobs than memory allows.
job_count() {
    local memory cores
    cores=$(nproc)
    memory=$(awk '/^MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
    echo $((memory < 1 ? 1 : memory < cores ? memory : cores))
}
