#!/usr/bin/env bash
# Starts a server, says something from one client and sees it in another. Fails if any of them fails.
# usage: two-clients.sh PATH-OF-SIMPLE-CHAT
set -euo pipefail
chat=$(realpath "${1:?usage: two-clients.sh PATH-OF-SIMPLE-CHAT}")
scratch=$(mktemp --directory)
server=
finish() {
  exec 3>&-
  [ -z "$server" ] || kill -TERM "$server" 2> "$scratch/ignored" || true
  rm --recursive --force "$scratch"
}
trap finish EXIT
cd "$scratch"

# await FILE TEXT: waits until the file has a line with this text.
await() {
  for _ in $(seq 600); do
    if grep --quiet --fixed-strings -- "$2" "$1"; then return; fi
    sleep 0.05
  done
  echo "two-clients: no \"$2\" in $1:" >&2
  cat "$1" >&2
  exit 1
}

"$chat" server --port 0 > server.out &
server=$!
await server.out "listens on"
port=$(sed 's/.*://' server.out)

mkfifo bob.in
"$chat" client --port "$port" --username bob < bob.in > bob.out 2> bob.err &
bob=$!
exec 3> bob.in
await bob.err "connected"

echo "send hello from ada" | "$chat" client --port "$port" --username ada
await bob.out "ada: hello from ada"

echo "leave" >&3
wait "$bob"
kill -TERM "$server"
wait "$server"
server=
echo "two-clients: bob heard ada, and all left in order"
