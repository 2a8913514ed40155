#!/usr/bin/env bash
# Formats the file that was just edited, where a formatter for it is installed.
set -euo pipefail

file=$(jq -r '.tool_input.file_path // empty')
case "$file" in
    *.cs) dotnet format whitespace --include "$file" --no-restore >/dev/null 2>&1 || true ;;
    *.py) command -v ruff >/dev/null && ruff format --quiet "$file" ;;
    *.ts | *.tsx | *.json | *.md) command -v prettier >/dev/null && prettier --write --log-level silent "$file" ;;
esac
