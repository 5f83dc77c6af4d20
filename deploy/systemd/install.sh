#!/bin/sh
# As root, after deploy/build.sh /opt/quoin: sh deploy/systemd/install.sh https://quoin.example.edu
# Makes the user, the secret and the settings, copies the units; what is there already stays.
# ROOT (for a trial) is put before every path; then no user is made and nothing is started.
set -eu
url=${1:?"usage: sh deploy/systemd/install.sh https://HOST"}
root=${ROOT:-}
here=$(dirname "$0")

[ -n "$root" ] || id quoin >/dev/null 2>&1 || useradd --system --home-dir /var/lib/quoin --shell /usr/sbin/nologin quoin
mkdir -p "$root/etc/quoin" "$root/var/lib/quoin" "$root/etc/systemd/system"
umask 077
secret="$root/etc/quoin/secret.key"
[ -s "$secret" ] || head -c 36 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_' > "$secret"
settings="$root/etc/quoin/quoin.env"
[ -e "$settings" ] || cat > "$settings" <<END
QUOIN_PUBLIC_URL=$url
QUOIN_SECRET_KEY_FILE=$secret
QUOIN_TRUSTED_PROXIES=1
# A trial may stay with SQLite; for more: postgresql+psycopg://quoin:PASSWORD@127.0.0.1/quoin
QUOIN_DATABASE_URL=sqlite:///$root/var/lib/quoin/quoin.sqlite3
END
for unit in quoin.service quoin-worker.service quoin-daily.service quoin-daily.timer; do
    install -m 0644 "$here/$unit" "$root/etc/systemd/system/$unit"
done
[ -n "$root" ] || { chown -R quoin:quoin /etc/quoin /var/lib/quoin; systemctl daemon-reload; }
