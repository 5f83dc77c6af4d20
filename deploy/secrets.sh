#!/bin/sh
# Make what compose.yaml wants to find: sh deploy/secrets.sh quoin.example.edu
# Writes .env, deploy/secrets/ and deploy/backups/; what is there already stays as it is.
set -eu
host=${1:?"usage: sh deploy/secrets.sh HOST"}
cd "$(dirname "$0")"
umask 077
mkdir -p secrets backups

random() { head -c 36 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_'; }
keep() { [ -s "secrets/$1" ] || printf '%s' "$2" > "secrets/$1"; }

keep secret_key "$(random)"
keep metrics_token "$(random)"
keep database_password "$(random)"
keep database_url "postgresql+psycopg://quoin:$(cat secrets/database_password)@database/quoin"

# The tool runs as whoever owns these files, never as root.
user=10001:10001
if [ "$(id -u)" = 0 ]; then chown -R "$user" secrets backups; else user="$(id -u):$(id -g)"; fi
[ -e ../.env ] || printf 'QUOIN_HOST=%s\nQUOIN_USER=%s\n' "$host" "$user" > ../.env
echo "Keep deploy/secrets/secret_key elsewhere, too: no backup holds it, and without it no old key signs again."
