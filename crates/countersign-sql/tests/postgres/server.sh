# Makes a database in the folder $1 with the programs in the folder $2, runs it at the port $3, says so,
# and ends and removes it when whoever started this is gone: its end of the pipe closes, however it ended.
# Through the socket, in a folder that only its user may enter, it asks nothing; over the network it asks
# for TLS and a password.
trap '' INT TERM HUP
umask 077
cd "$1" || exit 1
"$2/initdb" --pgdata=data --username=tests --auth=trust --encoding=UTF8 --no-locale --no-sync >initdb.log 2>&1 &&
echo 'local all all trust
hostssl all all 127.0.0.1/32 scram-sha-256' >data/pg_hba.conf &&
"$2/pg_ctl" --pgdata=data --log=server.log --wait --options="-k '$1' -p $3 -c listen_addresses=127.0.0.1 \
    -c ssl=on -c ssl_cert_file='$1/server.crt' -c ssl_key_file='$1/server.key' \
    -c fsync=off -c max_connections=300 -c shared_buffers=64MB -c deadlock_timeout=100ms" start >start.log 2>&1 &&
echo ready || { cat initdb.log start.log server.log; echo failed; }
cat >/dev/null
"$2/pg_ctl" --pgdata=data --mode=immediate --wait stop >/dev/null 2>&1
cd / && rm -rf "$1"
