#!/usr/bin/env bash
# DuckDB 2.0.1 for Python takes a process whose main module has no file (python -c, a forked or embedded worker) for a
# person at a prompt, and then draws a progress bar for slow queries into standard output, even if that is a file or a
# pipe. A program that writes JSON there gets the bar in it. SET enable_progress_bar = false prevents it.
# Seen: true for -c, false for a script.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.1
cat > "$folder/ask.py" <<'PYTHON'
import duckdb

print(duckdb.connect().execute("SELECT current_setting('enable_progress_bar')").fetchone()[0])
PYTHON
script=$("$folder/env/bin/python" "$folder/ask.py" | cat)
code=$("$folder/env/bin/python" -c "$(cat "$folder/ask.py")" | cat)
echo "a script: $script; python -c: $code"
test "$script" = False
test "$code" = True
