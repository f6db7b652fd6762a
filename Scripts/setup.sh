# Functions shared by taipan, run-tests, run-benchmarks and .ci/run, which source this file with $root set
# to the top of the tree. Plain POSIX sh. Everything is said on standard error, so that standard output
# stays the program's own; whatever cannot be done ends the script with status 1.

setup_say() { printf 'taipan: %s\n' "$*" >&2; }
setup_fail() { setup_say "$*"; exit 1; }

# setup_packages FILE...: installs the Debian packages listed in the files, or names those missing and stops.
setup_packages() {
    setup_wanted=$(sed 's/#.*//' "$@")
    setup_missing=
    for setup_package in $setup_wanted; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$setup_package" 2>/dev/null) in
            installed*) ;;
            *) setup_missing="$setup_missing $setup_package" ;;
        esac
    done
    [ -n "$setup_missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then setup_root="env"
    elif sudo -n true 2>/dev/null; then setup_root="sudo -n env"
    else setup_fail "these Debian packages are missing:$setup_missing"
    fi
    command -v apt-get >/dev/null || setup_fail "no apt-get here; install the equivalents of:$setup_missing"
    setup_say "installing$setup_missing"
    setup_apt install $setup_missing || {
        setup_apt update && setup_apt install $setup_missing
    } || setup_fail "apt-get could not install:$setup_missing"
}

setup_apt() {
    setup_action=$1; shift
    $setup_root DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$setup_action" "$@" </dev/null >&2
}

# setup_swift: puts a Swift toolchain on PATH.
setup_swift() {
    command -v swift >/dev/null && return 0
    for setup_folder in /opt/swift/usr/bin /usr/local/swift/usr/bin "$HOME/.local/share/swiftly/bin"; do
        if [ -x "$setup_folder/swift" ]; then
            PATH=$setup_folder:$PATH; export PATH
            return 0
        fi
    done
    setup_fail "no Swift toolchain found on PATH or in /opt/swift; see https://www.swift.org/install/linux/"
}

# setup_build: builds the release binary, or brings it up to date.
setup_build() {
    setup_swift
    [ -x "$root/.build/release/taipan" ] || setup_say "building; this happens once and takes some minutes"
    swift build --package-path "$root" -c release --product taipan --static-swift-stdlib </dev/null >&2 ||
        setup_fail "the build failed"
}
