#!/bin/sh
# Makes the secrets that are not there yet, in secrets/ beside this file. What is there stays: the database remembers its password, and
# without key-ring.pem nobody reads second factors and providers' tokens again. Keep a copy of it, and not with the backups.
set -eu
cd "$(dirname "$0")"

# Only the owner gets into the folder. The files in it are readable, because each container's own user reads them.
mkdir -p -m 700 secrets
umask 022

# Letters and digits only: the password travels through a shell script and pgbouncer's userlist.txt.
for name in postgres-password owner-password app-password; do
  [ -e "secrets/$name" ] || openssl rand -hex 32 > "secrets/$name"
done

# The mail server's password goes in by hand; empty where one need not sign in.
[ -e secrets/smtp-password ] || : > secrets/smtp-password

[ -e secrets/key-ring.pem ] || openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj /CN=promptstash-key-ring \
  -keyout secrets/key-ring.pem -out secrets/key-ring.pem 2> /dev/null
chmod 644 secrets/*
echo "secrets/: $(ls secrets | tr '\n' ' ')"
