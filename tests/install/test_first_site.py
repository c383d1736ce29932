"""The first afternoon: the commands of docs/start/first-site.md, run by the installed program, and in other languages
from nothing to a table of one's own on a site of one's own."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import ROOT, call_build
from tests.install.program import environment
from tests.walkthrough import apply, blocks

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

DOCUMENTS = {"docs/start/first-site.md": "en", "docs/start/first-site.zh.md": "zh"}
TABLE = "day,visits\n2024-01-01,3\n2024-01-02,5\n"
# A publication in English alone, Danish, Chinese with English, and Arabic: what the publisher calls it.
STORIES = {
    "en": {"en": "Town in figures"},
    "da": {"da": "Byen i tal"},
    "zh,en": {"zh": "本市数据", "en": "City data"},
    "ar": {"ar": "المدينة بالأرقام"},
}


class Shell:
    """Commands as a person types them one after the other, with the installed program among few others."""

    def __init__(self, installed: Path, folder: Path, language: str = "en") -> None:
        self.folder = folder
        own = environment(installed.parent.parent, language)
        path = f"{installed}:{own['PATH']}:/usr/bin:/bin"
        own["LC_MESSAGES"] = own.pop("LC_ALL")  # of which bash does not complain where it is not installed
        names = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
        self.environment = {**own, "PATH": path, **{f"GIT_{name}": "data@example.org" for name in names}}

    def run(self, line: str) -> str:
        """What a line prints; it must end well."""
        if line.startswith("cd "):
            self.folder /= line.removeprefix("cd ")
            return ""
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stdout}"
        return done.stdout

    @contextmanager
    def serving(self, line: str) -> Iterator[str]:
        """The address of the site that `datagazette serve` shows."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            ["bash", "-c", f"exec {line} --port {port}"], cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)


def page(address: str) -> str:
    """A page, once it is there."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return str(answer.read().decode("utf-8"))
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"nothing at {address}")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_of_the_first_afternoon_works(name: str, installed: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples/inbox", tmp_path / "inbox")
    shell = Shell(installed, tmp_path, DOCUMENTS[name])
    printed = ""
    for block in blocks((ROOT / name).read_text("utf-8")):
        if block.form == "sh":
            printed = ""
            for line in block.body.splitlines():
                if line == "datagazette serve":
                    with shell.serving(line) as address:
                        assert "00301" in page(f"{address}datasets/bus-stops/")
                else:
                    printed += shell.run(line)
        elif block.form == "text":
            assert printed == block.body
        elif block.form == "diff":
            apply(block, shell.folder)
        else:
            (shell.folder / block.file).write_text(block.body, "utf-8")
    site = shell.folder / "public"
    assert (site / "datasets/bus-stops/index.html").is_file()
    assert not (site / "datasets/months").exists()
    assert "https://data.example.org/" in (site / "sitemap.xml").read_text("utf-8")
    ledger = (shell.folder / "datasets/bus-stops/releases.yaml").read_text("utf-8")
    assert re.findall(r"version: (\S+)", ledger) == ["1.0.0", "1.1.0"]
    assert shell.run("git status --porcelain") == ""


def test_both_languages_take_the_same_steps() -> None:
    steps = [[[line.split()[:2] for line in block.body.splitlines()]
              for block in blocks((ROOT / name).read_text("utf-8")) if block.form == "sh"]
             for name in DOCUMENTS]  # fmt: skip
    assert steps[0] == steps[1]


@pytest.mark.parametrize("languages", STORIES)
def test_five_commands_from_nothing_to_a_table_of_ones_own_on_a_site_of_ones_own(
    languages: str, installed: Path, tmp_path: Path
) -> None:
    """Without Node.js, with an empty home, and without a checkout: init, cd, add, serve."""
    first, *others = languages.split(",")
    titles = " ".join(f"--title '{language}={title}'" for language, title in STORIES[languages].items())
    (tmp_path / "visits.csv").write_text(TABLE)
    shell = Shell(installed, tmp_path)
    shell.run(f"datagazette init town --lang {languages} {titles}")
    shell.run("cd town")
    shell.run("datagazette add ../visits.csv")
    with shell.serving("datagazette serve") as address:
        home = page(address)
        assert re.search(rf'<html[^>]* lang="{first}', home)
        assert STORIES[languages][first] in home
        assert ("dir=rtl" in home.replace('"', "")) == (first == "ar")
        dataset = page(f"{address}datasets/visits/")
        assert "2024" in dataset
        for language in others:
            assert STORIES[languages][language] in page(f"{address}{language}/")


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_five_commands_of_the_readme_make_a_site(name: str, installed: Path, tmp_path: Path) -> None:
    (block,) = re.findall(r"```sh\n(pip install .*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    (tmp_path / "stops.csv").write_text("stop,shelter\nS1,yes\nS2,no\n")
    (tmp_path / "站点.csv").write_text("站点,候车亭\nS1,有\nS2,无\n", "utf-8")
    shell = Shell(installed, tmp_path)
    lines = block.splitlines()
    assert len(lines) == 5
    for line in lines[1:]:
        shell.run(line)
    assert "S1" in (tmp_path / "city/public/datasets/stops/index.html").read_text("utf-8")


def test_workflows_install_the_wheel_with_the_hashes_of_its_libraries(wheel: Path, tmp_path: Path) -> None:
    """The wheel's own list of libraries; the commands of the Action find the publication that it began."""
    pin = f"{wheel.as_uri()}#sha256={sha256(wheel.read_bytes()).hexdigest()}"
    assert call_build("init", tmp_path / "town", "--lang", "en", "--program", pin).status == 0
    target = tmp_path / "runner/datagazette"
    done = subprocess.run(
        ["bash", ".github/actions/install.sh", target],
        cwd=tmp_path / "town",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    checked = subprocess.run(
        [target / "bin/datagazette", "check", "--root", ".", "--lang", "en"], cwd=tmp_path / "town",
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "2 warnings" in checked.stdout
