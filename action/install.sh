#!/usr/bin/env bash
# install.sh FOLDER [CHECKOUT]: installs the program into the new folder FOLDER, as FOLDER/bin/datagazette.
# Without CHECKOUT, a folder that has the program's build.py, it is the version that program.txt names.
# What comes from a registry is held against the hashes that this version lists, and nothing else is fetched by a name.
set -euo pipefail
folder=$1 checkout=${2:-}

stop() { # English, then Chinese: who reads this has not chosen a language yet
  echo "program.txt: $1" >&2
  echo "program.txt：$2" >&2
  [ -z "${GITHUB_ACTIONS:-}" ] || echo "::error file=program.txt,line=1::$1"
  exit 2
}

# Two lines are no version either, since the forms below have no line end in them.
pin=$([ -n "$checkout" ] || grep -vsE '^[[:space:]]*(#|$)' program.txt || true)
pin=${pin#datagazette @ }
is_wheel='^(https|file)://[^[:space:]#]+\.whl#sha256=[0-9a-f]{64}$'
is_commit='^git\+((https|file)://[^[:space:]#@]+)@([0-9a-f]{40})$'
if [ -z "$checkout$pin" ]; then
  stop "no version of the program is set. Write its address and hash into program.txt, as the lines there show." \
    "尚未设置程序的版本。请按 program.txt 里的说明写上它的地址和校验值。"
elif [ -z "$checkout" ] && ! [[ $pin =~ $is_wheel || $pin =~ $is_commit ]]; then
  stop "“$pin” is not one address with a hash: https://….whl#sha256=(64 digits) or git+https://…@(40 digits)." \
    "“$pin”不是带校验值的地址。请写 https://….whl#sha256=（64 位）或 git+https://…@（40 位）。"
fi

python3 -m venv "$folder"
pip=("$folder/bin/python" -m pip --quiet --disable-pip-version-check)
if [[ $pin =~ $is_wheel ]]; then
  "${pip[@]}" download --no-deps --no-cache-dir --dest "$folder/wheel" "$pin" # refuses a file with another hash
  "$folder/bin/python" -m zipfile -e "$folder"/wheel/*.whl "$folder/wheel/files"
  "${pip[@]}" install --require-hashes --requirement "$folder/wheel/files/datagazette/program/requirements.txt"
  "${pip[@]}" install --no-deps --no-index "$folder"/wheel/*.whl
  rm -r "$folder/wheel"
  exit
fi
if [[ $pin =~ $is_commit ]]; then
  checkout=$folder/program
  git init --quiet "$checkout"
  git -C "$checkout" fetch --quiet --depth 1 "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}"
  git -C "$checkout" checkout --quiet --detach "${BASH_REMATCH[3]}"
fi
checkout=$(cd "$checkout" && pwd)
"${pip[@]}" install --require-hashes --requirement "$checkout/requirements.txt"
[ -d "$checkout/node_modules" ] || (cd "$checkout" && npm ci --ignore-scripts --no-audit --no-fund --silent)
printf '#!/bin/sh\nexec "%s/bin/python" -I "%s/build.py" "$@"\n' "$(cd "$folder" && pwd)" "$checkout" > "$folder/bin/datagazette"
chmod +x "$folder/bin/datagazette"
