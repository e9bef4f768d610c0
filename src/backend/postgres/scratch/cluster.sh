# A PostgreSQL server for as long as this script's standard input stays open.
#
#   sh -c "$(cat cluster.sh)" cluster.sh BINDIR ROLE
#
# The program holds the other end of standard input. However it ends, the kernel closes the pipe; then the server is
# stopped and its directory removed. Prints "ready DIRECTORY" once the server takes connections, on a Unix socket in
# that directory and nowhere else; says on standard error why it does not.
set -u
umask 077
bin=$1
role=$2
# Not $TMPDIR: the path of a socket has to be short, and the user of the server to get there.
prefix=/tmp/migrator-scratch.

remove() {
    "$bin/pg_ctl" stop -D "$1/data" -m immediate -s >/dev/null 2>&1 </dev/null
    rm -rf "$1"
}

# A process that has ended may wait for its parent to notice.
runs() {
    kill -0 "$1" 2>/dev/null && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
}

# What is left of scripts that were killed themselves.
for old in "$prefix"*; do
    if [ -O "$old" ] && [ -d "$old" ] && [ ! -L "$old" ] && [ -s "$old/keeper" ] && ! runs "$(cat "$old/keeper")"; then
        remove "$old"
    fi
done

directory=$(mktemp -d "${prefix}XXXXXX") || exit 1
trap 'remove "$directory"' EXIT
trap 'exit 1' HUP INT PIPE TERM
echo $$ >"$directory/keeper"

give_up() {
    echo "$1: $(grep -v '^$' "$directory/log" | tail -n 3 | tr '\n' ' ')" >&2
    exit 1
}

"$bin/initdb" -D "$directory/data" -U "$role" -A trust -E UTF8 --locale=C --no-sync >"$directory/log" 2>&1 </dev/null ||
    give_up "initdb failed"
# Nothing has to outlive a crash. https://www.postgresql.org/docs/current/non-durability.html
cat >>"$directory/data/postgresql.conf" <<EOF
listen_addresses = ''
unix_socket_directories = '$directory'
unix_socket_permissions = 0700
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_connections = 20
max_locks_per_transaction = 1024
shared_buffers = 64MB
autovacuum = off
EOF
"$bin/pg_ctl" start -D "$directory/data" -l "$directory/log" -w -t 60 -s >>"$directory/log" 2>&1 </dev/null ||
    give_up "the server did not start"

echo "ready $directory"
while read -r _; do :; done
