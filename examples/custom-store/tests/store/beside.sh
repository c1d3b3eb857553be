# Runs a Redis in this folder. When the orders end, both are gone.
start() {
    redis-server --port 0 --unixsocket redis.sock --save '' "$@" </dev/null &
    server=$!
}

end() {
    kill -9 "$server"
    wait "$server" 2>/dev/null
    rm -f redis.sock
}

start "$@"
while read -r order && [ "$order" != end ]; do
    case $order in
        kill) end; echo killed ;;
        start) start "$@" ;;
    esac
done
end
folder=$PWD
cd / && rm -rf "$folder"
