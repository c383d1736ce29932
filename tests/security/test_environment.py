"""A machine that lacks something, or a person who stops a command: one message and an exit status, no traceback."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import BUILD, PUBLICATIONS

pytestmark = pytest.mark.slow

PLACES = "datasets/places/1.0.0/places.csv"
COMMANDS = {
    "check": ("check", "--root", "{root}"),
    "check of a file": ("check", f"{{root}}/{PLACES}", "--schema", "{root}/schemas/places.v1.yaml"),
    "build": ("build", "--root", "{root}"),
    "no command": ("--root", "{root}"),
    "serve": ("serve", "--root", "{root}", "--port", "0"),
    "diff": ("diff", "--root", "{root}", "--base", str(PUBLICATIONS / "small")),
    "query": ("query", "--root", "{root}", "SELECT 1"),
    "new": ("new", "fresh", f"{{root}}/{PLACES}", "--root", "{root}"),
    "release": ("release", "visits", "--root", "{root}"),
}
# Modules that a command imports: at its start, while it works, in the processes that it starts.
MOMENTS = {
    "build": ("importlib.util", "datagazette", "click", "datagazette.model.errors", "datagazette.cli.publishing",
              "rich.console", "datagazette.build.build", "_duckdb", "datagazette.isolation.starter",
              "datagazette.isolation.inside", "multiprocessing", "yaml", "mkdocs", "jinja2", "vl_convert"),
    "check": ("datagazette.commands.check_datasets", "datagazette.validation", "yaml"),
    "diff": ("datagazette.commands.diff", "_duckdb"),
    "query": ("datagazette.commands.query",),
    "new": ("datagazette.intake.columns",),
}  # fmt: skip
# Sends what Ctrl-C sends to the build's processes when one of them first imports a module, whichever that is.
_INTERRUPTING = """
import os, signal, sys
os.environ.setdefault("INTERRUPTED_GROUP", str(os.getpgrp()))
def watch(event, arguments):
    if event == "import" and arguments[0] == os.environ["INTERRUPT_AT"]:
        try:
            os.close(os.open(os.environ["INTERRUPTED"], os.O_CREAT | os.O_EXCL))
        except OSError:
            return
        os.killpg(int(os.environ["INTERRUPTED_GROUP"]), signal.SIGINT)
sys.addaudithook(watch)
"""


def shown(done: subprocess.CompletedProcess[bytes]) -> str:
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert "Traceback" not in said, said
    assert "Exception ignored" not in said, said
    return said


@pytest.mark.sample(3)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("limit", "named"), [("-v", "ulimit -v"), ("-d", "ulimit -d")])
def test_where_a_process_may_have_little_memory_a_person_reads_how_to_raise_the_limit(
    small: Path, command: str, limit: str, named: str
) -> None:
    arguments = [one.format(root=small) for one in COMMANDS[command]]
    for language, expected in (("en", "614 MB"), ("zh", "614 MB 内存")):
        done = subprocess.run(
            ["sh", "-c", f'ulimit {limit} 600000; exec "$@"', "sh", *BUILD, *arguments, "--lang", language],
            capture_output=True, check=False,
        )  # fmt: skip
        said = shown(done)
        assert done.returncode == 2, said
        assert expected in said
        assert f"{named} unlimited" in said
        assert len(said.splitlines()) == 1
    assert not (small / "public").exists()


@pytest.mark.sample(3)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("named", ["by its path", "by the current folder", "by a link"])
def test_a_folder_whose_name_is_not_utf8_is_refused_by_name(
    small: Path, tmp_path: Path, command: str, named: str
) -> None:
    odd = os.fsencode(tmp_path) + b"/ro\xffot"
    small.rename(os.fsdecode(odd))
    (tmp_path / "link").symlink_to(os.fsdecode(odd))
    root = {"by its path": odd, "by the current folder": b".", "by a link": os.fsencode(tmp_path / "link")}[named]
    arguments = [one.encode().replace(b"{root}", root) for one in COMMANDS[command]]
    where = odd if named == "by the current folder" else None
    for language, expected in (("en", "is not UTF-8. Rename"), ("zh", "不是 UTF-8 编码")):
        done = subprocess.run([*BUILD, *arguments, "--lang", language], cwd=where, capture_output=True, check=False)
        said = shown(done)
        assert done.returncode == 2, said
        assert r"ro\xffot" in said
        assert expected in said
        assert len(said.splitlines()) == 1


def test_a_folder_for_temporary_files_whose_name_is_not_utf8_is_refused_by_name(small: Path, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/t\xffmp"
    Path(os.fsdecode(odd)).mkdir()
    done = subprocess.run([*BUILD, "check", "--root", small, "--lang", "en"], capture_output=True, check=False,
                          env={**os.environb, b"TMPDIR": odd})  # fmt: skip
    assert done.returncode == 2
    assert r"t\xffmp” is not UTF-8" in shown(done)


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("command", "module"), [(command, module) for command, modules in MOMENTS.items() for module in modules]
)
def test_an_interrupt_at_any_moment_ends_a_command_without_a_traceback(
    small: Path, tmp_path: Path, command: str, module: str
) -> None:
    """In the first process or in one that it starts: as it starts, while it imports, or while it works."""
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(_INTERRUPTING)
    variables = {"PYTHONPATH": str(hook), "INTERRUPT_AT": module, "INTERRUPTED": str(tmp_path / "interrupted")}
    arguments = [one.format(root=small) for one in COMMANDS[command]]
    done = subprocess.run(
        # What is started in the background, as these tests may be, has the interrupt switched off.
        ["env", "--default-signal=INT", *BUILD, *arguments, "--lang", "en"],
        capture_output=True, check=False, env={**os.environ, **variables}, start_new_session=True, timeout=1_200,
    )  # fmt: skip
    shown(done)
    if (tmp_path / "interrupted").exists():
        assert done.returncode in (130, -signal.SIGINT)
    else:
        assert done.returncode == 0, "the command does without this module"


def test_an_interrupt_in_the_background_is_ignored(small: Path, tmp_path: Path) -> None:
    """As the shell asked for."""
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(_INTERRUPTING)
    variables = {"PYTHONPATH": str(hook), "INTERRUPT_AT": "click", "INTERRUPTED": str(tmp_path / "interrupted")}
    done = subprocess.run(
        ["env", "--ignore-signal=INT", *BUILD, "check", "--root", str(small), "--lang", "en"],
        capture_output=True, check=False, env={**os.environ, **variables}, start_new_session=True, timeout=1_200,
    )  # fmt: skip
    shown(done)
    assert (tmp_path / "interrupted").exists()
    assert done.returncode == 0
