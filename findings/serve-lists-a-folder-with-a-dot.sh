#!/usr/bin/env bash
# serve 14.2.7 answers the address of a folder whose name has a dot, such as 1.0.0/, with a listing, though the folder
# has an index.html; of any other folder it shows that page. A dot is taken for the ending of a file.
# Seen: "the page" for plain/, "Files within" for 1.0.0/.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts serve@14.2.7
mkdir -p site/plain site/1.0.0
echo 'the page' | tee site/plain/index.html > site/1.0.0/index.html
port=$(python3 -c 'import socket; found = socket.socket(); found.bind(("127.0.0.1", 0)); print(found.getsockname()[1])')
node_modules/.bin/serve --no-clipboard --listen "tcp://127.0.0.1:$port" site >/dev/null 2>&1 &
server=$!
until curl --silent --output /dev/null "http://127.0.0.1:$port/"; do sleep 0.2; done
node_modules/.bin/serve --version
curl --silent "http://127.0.0.1:$port/plain/" | grep "the page"
curl --silent "http://127.0.0.1:$port/1.0.0/" | grep --only-matching "Files within"
