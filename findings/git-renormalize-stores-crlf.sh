#!/usr/bin/env bash
# git: the usual advice for a clone with core.autocrlf=true, `* -text` in .gitattributes and `git add --renormalize .`,
# does not bring the line ends of the repository back. It stores the CRLF of the working tree: the blob is another one,
# and every other clone gets a file that no longer has the hash that was recorded for it.
# Seen with git 2.39.5: the blob had LF, the clone CRLF, and after --renormalize the index has CRLF.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org
git --version
git init --quiet --initial-branch main "$folder/here"
printf 'k,v\nA,1\n' > "$folder/here/table.csv"
git -C "$folder/here" add table.csv
git -C "$folder/here" commit --quiet --message "A table"
git clone --quiet --config core.autocrlf=true "$folder/here" "$folder/clone"
cd "$folder/clone"
before=$(git rev-parse :table.csv)
echo '* -text' > .gitattributes
git add --renormalize .
after=$(git rev-parse :table.csv)
git cat-file blob "$after" | od -c | head -n 2
test "$(git cat-file blob "$before" | tr -cd '\r' | wc -c)" -eq 0
test "$(git cat-file blob "$after" | tr -cd '\r' | wc -c)" -eq 2
test "$before" != "$after"
