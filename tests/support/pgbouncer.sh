# Runs PgBouncer for as long as this script's standard input stays open.
#
#   sh -c "$(cat pgbouncer.sh)" pgbouncer.sh PROGRAM PORT SERVER_PORT POOL_MODE
#
# As in postgres.sh, the test process holds the other end of standard input. Prints "ready" once it takes
# connections; says on standard error why it does not.
set -u
program=$1
port=$2
server_port=$3
pool_mode=$4

directory=$(mktemp -d "${TMPDIR:-/tmp}/migrator-pgbouncer.XXXXXX") || exit 1
pid=
clean_up() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null
    rm -rf "$directory"
}
trap clean_up EXIT
trap 'exit 1' HUP INT PIPE TERM

# https://www.pgbouncer.org/config.html
cat >"$directory/pgbouncer.ini" <<EOF
[databases]
* = host=127.0.0.1 port=$server_port user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = any
pool_mode = $pool_mode
default_pool_size = 10
max_client_conn = 1000
EOF

"$program" "$directory/pgbouncer.ini" >"$directory/log" 2>&1 </dev/null &
pid=$!
tries=0
until grep -q 'process up' "$directory/log"; do
    tries=$((tries + 1))
    if [ $tries -gt 200 ] || ! kill -0 "$pid" 2>/dev/null; then
        cat "$directory/log" >&2
        exit 1
    fi
    sleep 0.05
done
if grep -q 'Address already in use' "$directory/log"; then
    cat "$directory/log" >&2
    exit 1
fi

echo "ready"
while read -r _; do :; done
