"""The tasks of docs/maintain/walkthrough.md and its Chinese twin, as commands that are run.

In the part between the two marks of a document, a block in `sh` is run line by line, a block of `csv` or `yaml` is
written to the file that the text before it names, one of `diff` is applied to it, and a block of `text` is what the
commands before it print. `python -m tests.walkthrough` writes what they print into both documents.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.checkouts import checkout
from tests.conftest import ROOT

DOCUMENTS = {"docs/maintain/walkthrough.md": "en_US.UTF-8", "docs/maintain/walkthrough.zh.md": "zh_CN.UTF-8"}
_PART = re.compile(r"<!-- walkthrough -->\n(.*?)<!-- /walkthrough -->\n", re.DOTALL)
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"`([^`\s]+\.(?:csv|yaml|sql))`")


@dataclass(frozen=True)
class Block:
    """A fenced block; `file` was named last in the text before it. `start` and `end` are those of its body."""

    form: str
    body: str
    file: str
    indent: str
    start: int
    end: int


def part(text: str) -> re.Match[str]:
    found = _PART.search(text)
    assert found, "the document has no walkthrough"
    return found


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a document's walkthrough, in order."""
    file = ""
    walk = part(text)
    last = walk.start(1)
    for found in _BLOCK.finditer(text, walk.start(1), walk.end(1)):
        named = _NAMED.findall(text[last : found.start()])
        file = named[-1] if named else file
        indent = found.group(1)
        body = re.sub(f"^{indent}", "", found.group(3), flags=re.MULTILINE)
        yield Block(found.group(2), body, file, indent, found.start(3), found.end(3))
        last = found.end()


def played(text: str, folder: Path, locale: str) -> Iterator[tuple[Block, str]]:
    """Each block of output with what the commands before it print in `folder`."""
    printed = ""
    for block in blocks(text):
        if block.form == "sh":
            printed = "".join(_run(line, folder, locale) for line in block.body.splitlines())
        elif block.form == "diff":
            apply(block, folder)
        elif block.form == "text":
            yield block, printed
        else:
            (folder / block.file).write_text(block.body, "utf-8", newline="")


def _run(line: str, folder: Path, locale: str) -> str:
    environment = {**os.environ, "LC_MESSAGES": locale, "NO_COLOR": "1", "COLUMNS": "120"}
    environment.pop("LC_ALL", None)
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return "".join(f"{printed.rstrip()}\n" for printed in done.stdout.splitlines())


def apply(block: Block, folder: Path) -> None:
    """Lines with a minus are replaced by those with a plus; a plus alone is a line at the end."""
    path = folder / block.file
    text = path.read_bytes().decode("utf-8")
    lines = block.body.splitlines()
    old = "".join(f"{line[1:]}\n" for line in lines if line.startswith("-"))
    new = "".join(f"{line[1:]}\n" for line in lines if line.startswith("+"))
    assert old in text, f"{block.file} does not have {old!r}"
    path.write_bytes((text.replace(old, new, 1) if old else text + new).encode())


def renewed(text: str, folder: Path, locale: str) -> str:
    """The document with what its commands print."""
    for block, printed in reversed(list(played(text, folder, locale))):
        body = "".join(f"{block.indent}{line}".rstrip() + "\n" for line in printed.splitlines())
        text = text[: block.start] + body + text[block.end :]
    return text


if __name__ == "__main__":
    for name in sys.argv[1:] or DOCUMENTS:
        with tempfile.TemporaryDirectory() as scratch:
            written = renewed((ROOT / name).read_text("utf-8"), checkout(Path(scratch) / "clone"), DOCUMENTS[name])
        (ROOT / name).write_text(written, "utf-8")
