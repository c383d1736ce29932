"""The commands in documents are run, and what they print is compared with what the documents say."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.checkouts import checkout, git, installed
from tests.conftest import ROOT
from tests.walkthrough import DOCUMENTS, blocks, played

pytestmark = pytest.mark.slow


@pytest.mark.thorough
@pytest.mark.shipped
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_tasks_print_what_the_document_says(name: str, tmp_path: Path) -> None:
    text = (ROOT / name).read_text("utf-8")
    outputs = list(played(text, checkout(tmp_path / "clone"), DOCUMENTS[name]))
    assert len(outputs) >= 9
    for block, printed in outputs:
        said = "".join(f"{line.rstrip()}\n" for line in block.body.splitlines())
        assert printed == said, f"run `python -m tests.walkthrough {name}` to renew what {name} says"


def test_both_languages_walk_the_same_way() -> None:
    ways = [list(blocks((ROOT / name).read_text("utf-8"))) for name in DOCUMENTS]
    assert [block.form for block in ways[0]] == [block.form for block in ways[1]]
    lines = [[line for block in way if block.form == "sh" for line in block.body.splitlines()] for way in ways]
    commands = [[line.split()[1:4] for line in way] for way in lines]
    assert commands[0] == commands[1]
    for command in ("revise", "check", "diff", "release", "new"):
        assert any(command in line for line in commands[0])


@pytest.mark.thorough
@pytest.mark.shipped
@pytest.mark.parametrize(("name", "fine"), [("README.md", "No problem was found"), ("README.zh.md", "没有发现问题")])
def test_three_commands_from_a_clone_to_a_green_check_of_a_changed_figure(name: str, fine: str, tmp_path: Path) -> None:
    text = (ROOT / name).read_text("utf-8")
    (block,) = re.findall(r"```sh\n(git clone .*?)```", text, re.DOTALL)
    lines = block.splitlines()
    assert len(lines) == 3
    origin = checkout(tmp_path / "origin")
    sent = tmp_path / "Downloads/stations.csv"
    sent.parent.mkdir()
    table = (origin / "datasets/township-stations/1.0.0/stations.csv").read_text("utf-8")
    assert ",30000," in table
    # As a spreadsheet saves it: with a byte order mark and its own line ends.
    sent.write_text(table.replace(",30000,", ",30001,").replace("\n", "\r\n"), "utf-8-sig", newline="")
    git(tmp_path, "clone", "-q", origin.as_uri(), lines[0].split()[3])
    folder = installed(tmp_path / lines[1].removeprefix("cd "))
    done = subprocess.run(
        ["bash", "-c", lines[2]], cwd=folder, capture_output=True, text=True, check=False,
        env={"PATH": f"{Path('/usr/bin')}:/bin:/usr/local/bin", "HOME": str(tmp_path),
             "LC_MESSAGES": "zh_CN.UTF-8" if "zh" in name else "en_US.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == fine
    before, after = (folder / f"datasets/township-stations/{version}/stations.csv" for version in ("1.0.0", "1.0.1"))
    pairs = zip(before.read_bytes().splitlines(), after.read_bytes().splitlines(), strict=True)
    assert sum(old != new for old, new in pairs) == 1
