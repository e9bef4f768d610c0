# Runs a throw-away PostgreSQL server for as long as this script's standard input stays open.
#
#   sh -c "$(cat postgres.sh)" postgres.sh BINDIR PORT [standby]
#
# The test process holds the other end of standard input. However that process ends, SIGKILL
# included, the kernel closes the pipe; then the server is stopped and its directory removed.
# Prints "ready DIRECTORY" once the server takes connections; says on standard error why it does not.
set -u
bin=$1
port=$2

# A standby without a primary: it has replayed all there is and waits for more.
# https://www.postgresql.org/docs/current/warm-standby.html
role=${3:-primary}
case $role in
    standby) wal="-c wal_level=replica -c max_wal_senders=10" ;;
    *) wal="-c wal_level=minimal -c max_wal_senders=0" ;;
esac

# In /tmp, because a socket's path must be shorter than 108 bytes and the server's user must get there.
directory=$(mktemp -d "${TMPDIR:-/tmp}/migrator-postgres.XXXXXX") || exit 1
# `immediate` skips the final checkpoint: nothing of this server is kept.
clean_up() {
    "$bin/pg_ctl" stop -D "$directory/data" -m immediate -s >/dev/null 2>&1
    rm -rf "$directory"
}
trap clean_up EXIT
# PIPE: the test process may be gone before it is told that the server is ready.
trap 'exit 1' HUP INT PIPE TERM

give_up() {
    echo "$1:" >&2
    tail -n 20 "$directory/log" >&2
    exit 1
}

"$bin/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 --locale=C --no-sync \
    >"$directory/log" 2>&1 </dev/null || give_up "initdb failed"
[ "$role" != standby ] || touch "$directory/data/standby.signal"

# https://www.postgresql.org/docs/current/non-durability.html: settings without a promise to keep.
start() {
    "$bin/pg_ctl" start -D "$directory/data" -l "$directory/log" -w -t 60 -s -o "-h 127.0.0.1 -p $port -k $directory \
    -c fsync=off -c full_page_writes=off -c max_connections=200 -c max_prepared_transactions=10 \
    $wal -c max_wal_size=2GB -c autovacuum_naptime=1h \
    -c shared_buffers=64MB -c logging_collector=off" \
        >>"$directory/log" 2>&1 </dev/null || give_up "the server did not start"
}
start

echo "ready $directory"
while read -r command; do
    case $command in
        # As after a power failure, except that what was given to the system is on its disk.
        crash) "$bin/pg_ctl" stop -D "$directory/data" -m immediate -s >/dev/null 2>&1 </dev/null ;;
        start) start ;;
    esac
    echo "done"
done
