"""Bad days of a machine: whatever fails at whatever stage, the published site is the old one or the new one, whole.

The ordinary run has one moment of each kind, one after the other; `make fuzz` sets FUZZ_FAULTS, which tries each by
itself, at each stage and with every amount of room on the disk.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bad_days.machine import ALONE, ENGLISH, FAULTS, Bad, command, ended, shown, working
from tests.conftest import PUBLICATIONS, ROOT, Run
from tests.namespaces import with_small_disk, without_override

pytestmark = pytest.mark.slow

ALL = bool(os.environ.get("FUZZ_FAULTS"))
# Bad days in a row, and a good one.
REFUSED = ("may not read datasets", "may not read datasets/visits", "may not read datasets/counts/1.1.0/counts.csv",
           "may not read datasets/catalog.yaml", "may not read datasets/visits/1.0.0/total.sql", "may not read schemas",
           "may not write .", "may not write build/cache", "files up to 20 kB")  # fmt: skip
ENDED = ("SIGINT at package", "changed at check", "SIGTERM at site", "changed at site")
# Kilobytes that are left; a build of the small publication needs about 5,000 at once.
ROOMS = (500, 3_500)


@pytest.mark.thorough
@pytest.mark.parametrize("faults", [REFUSED + ENDED, *((name,) for name in FAULTS if ALL)], ids=lambda one: one[-1])
def test_the_site_is_whole_and_the_next_build_heals(bad: Bad, faults: tuple[str, ...]) -> None:
    for name in faults:
        done = FAULTS[name](bad)
        site = bad.site
        assert site in (bad.old, bad.new), name
        assert done.status or site == bad.new, name
    assert bad.heals()


@pytest.mark.thorough
@pytest.mark.parametrize("room", range(100, 10_000, 100) if ALL else ROOMS)
def test_a_full_disk(bad: Bad, small_site: Path, tmp_path: Path, room: int) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    driver = [sys.executable, "-m", "tests.bad_days.full_disk", str(PUBLICATIONS / "small"), str(small_site), str(disk),
              str(room)]  # fmt: skip
    done = subprocess.run(with_small_disk(driver, disk, 60), cwd=ROOT, env=ENGLISH, capture_output=True, text=True,
                          timeout=1_500, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    full, freed = json.loads(done.stdout.splitlines()[-1])
    assert full["site"] in (bad.old, bad.new)
    if full["status"] or not ALL:
        shown(Run(full["status"], full["said"], ""), "No space left", "disk is full")
    else:
        assert full["site"] == bad.new
    assert freed["status"] == 0, freed["said"]
    assert freed["site"] == bad.new


@pytest.mark.thorough
@pytest.mark.usefixtures("warmed")
def test_sources_that_cannot_be_written_and_an_old_site_that_cannot(bad: Bad) -> None:
    for folder in (bad.root / "datasets", bad.root / "schemas", bad.root / "public"):
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)
    done = ended(without_override(command(bad.root, *ALONE)))
    assert done.status == 0, done.said
    assert bad.site == bad.new
    assert not (bad.root / ".public.staging").exists()


@pytest.mark.thorough
def test_no_process_is_left_of_a_build_whose_first_one_was_killed(bad: Bad) -> None:
    words, mark = command(bad.root, "--jobs", "2"), f"OF_A_BUILD={bad.root}"
    marked = {**ENGLISH, "OF_A_BUILD": str(bad.root)}
    with _room_for(40) as pipe, subprocess.Popen(words, stderr=pipe, env=marked) as process:
        assert _comes(lambda: len(working(mark)) > 2), "others work for it"
        assert process.poll() is None
        process.kill()
        process.wait()
        assert _comes(lambda: not working(mark))
    assert bad.site == bad.old
    assert bad.heals()


@contextmanager
def _room_for(count: int) -> Iterator[int]:
    """The end of a pipe that nobody reads, with room for so many bytes. A build that says its stages there stops at
    about the third, however quick or slow the machine is."""
    ours, theirs = os.pipe()
    try:
        size = fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 4096)
        os.write(theirs, b"\n" * (size - count))
        yield theirs
    finally:
        os.close(ours)
        os.close(theirs)


def _comes(holds: Callable[[], bool], seconds: float = 600) -> bool:
    """Whether it holds sooner or later."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


@pytest.mark.thorough
@pytest.mark.usefixtures("warmed")
def test_two_builds_at_once(bad: Bad) -> None:
    both = [subprocess.Popen(command(bad.root), stderr=subprocess.PIPE, text=True, env=ENGLISH) for _ in range(2)]
    said = [process.communicate(timeout=1_200)[1] for process in both]
    statuses = sorted(process.returncode for process in both)
    assert statuses in ([0, 2], [0, 0]), said
    if statuses == [0, 2]:
        assert any("another build" in one for one in said)
    assert bad.site == bad.new


@pytest.mark.thorough
@pytest.mark.parametrize("clock", ["2001-01-01 00:00:00", *(["2099-12-31 23:59:59"] if ALL else [])])
def test_a_clock_that_was_set_back_and_times_of_files_that_lie(built: Path, tmp_path: Path, clock: str) -> None:
    """What counts is what is in the files: this change keeps size and time of a file that was published."""
    root = Path(shutil.copytree(built, tmp_path / "small"))
    catalog = root / "datasets/catalog.yaml"
    before = catalog.stat()
    catalog.write_text(catalog.read_text("utf-8").replace("A new title", "A now title"), "utf-8")
    os.utime(catalog, ns=(before.st_atime_ns, before.st_mtime_ns))
    for path in (root / "schemas").rglob("*"):
        os.utime(path, (4_000_000_000, 4_000_000_000))
    done = ended(["faketime", clock, *command(root, *ALONE)])
    assert done.status == 0, done.said
    assert "A now title" in (root / "public/en/index.html").read_text("utf-8")
