#!/usr/bin/env bash
# Lists the statements of a migration that keep others from reading or writing.
set -euo pipefail

file=${1:?usage: locks.sh FILE}
grep -nEi '^\s*(ALTER TABLE|CREATE (UNIQUE )?INDEX|DROP (TABLE|INDEX)|REINDEX|VACUUM FULL|LOCK|CLUSTER)' "$file" \
    | grep -vi concurrently \
    || echo "Nothing in $file takes a strong lock."
