"""A build with a cache gives the bytes of a build without one, and does again only what has changed."""

from __future__ import annotations

import os
import pickle
import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from datagazette.build.cache import Cache, CacheKey
from datagazette.build.fingerprints import code_files, digest, folder_hashes, known_hashes
from datagazette.files import state
from datagazette.model.text import Text
from tests.conftest import Run, tree_hashes

KEY = CacheKey("stage", "a dataset", {"data": "1", "code": "2"})


def kept(cache: Cache, key: CacheKey = KEY, value: object = Text((("en", "x"),))) -> None:
    with cache.writing(key) as (folder, keep):
        (folder / "sub").mkdir()
        (folder / "sub/file.txt").write_text("content")
        keep(value)


def test_an_entry_is_found_with_its_value_and_its_files(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.find(KEY) is None
    kept(cache, value=(Text((("en", "x"),)), date(2026, 1, 1), {"a": 1}))
    entry = cache.find(KEY)
    assert entry is not None
    assert entry.value == (Text((("en", "x"),)), date(2026, 1, 1), {"a": 1})
    assert entry.path("sub/file.txt").read_text() == "content"
    assert entry.is_whole()
    assert cache.find(CacheKey("stage", "a dataset", {"data": "1", "code": "3"})) is None
    assert [path.name for path in tmp_path.iterdir()] == ["stage"]


@pytest.mark.parametrize("length", [0, 10, -1])
def test_a_half_written_entry_is_as_if_it_were_not_there(tmp_path: Path, length: int) -> None:
    cache = Cache(tmp_path)
    kept(cache)
    entry = next(tmp_path.rglob("entry"))
    entry.write_bytes(entry.read_bytes()[:length])
    assert cache.find(KEY) is None
    kept(cache)
    assert cache.find(KEY) is not None


def test_a_damaged_file_is_noticed(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for damage in ("contenT", "", None):
        kept(cache)
        file = next(tmp_path.rglob("file.txt"))
        if damage is None:
            file.unlink()
        else:
            file.write_text(damage)
        entry = cache.find(KEY)
        assert entry is not None
        assert not entry.is_whole()


def test_a_damage_that_keeps_size_and_time_is_noticed(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    kept(cache)
    file, entry = next(tmp_path.rglob("file.txt")), cache.find(KEY)
    assert entry is not None
    before = file.stat()
    assert entry.is_whole(seen={state(before)})
    time.sleep(0.05)  # a tick of the system's clock
    file.write_text("contenT")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not entry.is_whole(seen={state(before)})


def test_what_was_written_into_after_it_was_kept_is_looked_into(tmp_path: Path) -> None:
    """A file that was touched in the build that made it: its state at the end of that build proves nothing."""
    cache = Cache(tmp_path)
    kept(cache)
    file, entry = next(tmp_path.rglob("file.txt")), cache.find(KEY)
    assert entry is not None
    time.sleep(0.05)
    file.write_text("contenT")
    assert not entry.is_whole(seen={state(file.stat())})


class Harm:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return print, ("an entry ran code",)


def test_an_entry_runs_no_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = Cache(tmp_path)
    kept(cache, value=Harm())
    assert cache.find(KEY) is None
    assert capsys.readouterr().out == ""


def test_force_finds_nothing_and_writes_all(tmp_path: Path) -> None:
    kept(Cache(tmp_path))
    forced = Cache(tmp_path, force=True)
    assert forced.find(KEY) is None
    kept(forced, value="new")
    found = Cache(tmp_path).find(KEY)
    assert found is not None
    assert found.value == "new"


def test_why_something_is_made_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.reason(KEY) == ("new",)
    cache.remember(KEY)
    assert cache.reason(KEY) == ("damaged",)
    assert cache.reason(CacheKey("stage", "a dataset", {"data": "9", "code": "2"})) == ("data",)
    assert Cache(tmp_path, force=True).reason(KEY) == ("forced",)


def test_what_nobody_used_is_removed(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    old = CacheKey("stage", "old", {})
    kept(cache)
    kept(cache, old)
    os.utime(cache.root / "stage" / old.hash[:2] / old.hash / "entry", (0, 0))
    assert cache.prune() == 1
    assert cache.find(old) is None
    assert cache.find(KEY) is not None


def test_what_nobody_used_is_looked_for_once_a_day(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    kept(cache)
    assert cache.prune() == 0
    entry, day = cache.root / "stage" / KEY.hash[:2] / KEY.hash / "entry", 86_400
    os.utime(entry, (0, 0))
    assert cache.prune() == 0
    os.utime(cache.root / ".pruned", times=(time.time() - 2 * day,) * 2)
    assert cache.find(KEY) is not None, "it is used, which is noted"
    assert cache.prune() == 0
    os.utime(entry, (0, 0))
    os.utime(cache.root / ".pruned", times=(time.time() + 2 * day,) * 2)
    assert cache.prune() == 1, "a clock that was set back keeps nothing from being removed"


def test_equal_values_have_equal_digests() -> None:
    shared = "a long word that is met twice"
    copied = "".join(list(shared))
    assert digest((shared, shared)) == digest((shared, copied))
    assert digest((shared, shared)) == digest(pickle.loads(pickle.dumps((shared, copied))))
    assert digest({"a": 1}) != digest({"a": 2})


def test_the_code_of_a_stage_is_all_that_it_imports() -> None:
    check = {path.name for path in code_files(["datagazette.build.check"])}
    assert {"counting.py", "publication.py", "engine.py", "differences.yaml", "cells.yaml"} <= check
    assert not {"catalogue.py", "xlsx.py", "mkdocs_run.py"} & check


def test_a_folder_is_known_by_all_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1")
    (tmp_path / "link").symlink_to("a.csv")
    first = folder_hashes(tmp_path)
    (tmp_path / "empty").mkdir()
    assert set(folder_hashes(tmp_path)) - set(first) == {"empty/"}
    (tmp_path / "a.csv").write_text("2")
    changed = folder_hashes(tmp_path)
    assert {name for name in first if first[name] != changed[name]} == {"a.csv", "link"}


def test_a_file_that_nobody_touched_is_not_read_again(tmp_path: Path) -> None:
    file = tmp_path / "in/a.csv"
    file.parent.mkdir()
    file.write_text("1")
    (tmp_path / "link").symlink_to("in/a.csv")
    known = known_hashes([tmp_path])
    assert folder_hashes(tmp_path, known) == folder_hashes(tmp_path)
    assert list(known) == [state(file.stat())], "a link tells nothing of what it leads to"
    assert folder_hashes(tmp_path, dict.fromkeys(known, "as it was"))["in/a.csv"] == "as it was"

    time.sleep(0.05)  # a tick of the system's clock
    before = file.stat()
    file.write_text("2")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert folder_hashes(tmp_path, known) == folder_hashes(tmp_path)
    assert known_hashes([tmp_path], known) == known_hashes([tmp_path])


def explained(run: Callable[..., Run], root: Path, *options: str | Path) -> list[str]:
    """What a build does again, line by line."""
    done = run("build", "--root", root, "--explain", *options)
    assert done.status == 0, done.said
    return [
        line.strip()
        for line in done.err.splitlines()
        if line.startswith("  ") and ": " in line and "datasets/" not in line
    ]


@pytest.mark.thorough
@pytest.mark.slow
def test_builds_with_and_without_a_cache_are_equal(small: Path, small_site: Path, run: Callable[..., Run]) -> None:
    assert explained(run, small)
    expected = tree_hashes(small_site)
    assert tree_hashes(small / "public") == expected

    done = run("build", "--root", small)
    assert "Nothing has changed" in done.out
    assert "warning dataset-draft-only" in done.err
    assert tree_hashes(small / "public") == expected

    shutil.rmtree(small / "public")
    assert made(explained(run, small)) == set()
    assert tree_hashes(small / "public") == expected

    for name in ("en/index.html", "data/counts/1.1.0/counts.csv", "sitemap.xml"):
        with (small / "public" / name).open("a") as file:
            file.write("a stranger's line")
    again = made(explained(run, small))
    assert again == {"package counts-1.1.0", "render index.md en"}
    assert tree_hashes(small / "public") == expected

    for page in ("about/index.html", "sources/index.html"):
        for found in list((small / "build/cache/html").glob(f"??/*/files/**/{page}")):
            shutil.rmtree(next(one for one in found.parents if (one / "entry").exists()))
    shutil.rmtree(small / "public")
    assert made(explained(run, small)) == {
        f"render {one} {language}" for one in ("written pages", "sources/index.md") for language in ("zh", "en")
    }
    assert tree_hashes(small / "public") == expected

    damage(small / "build/cache")
    again = explained(run, small)
    assert "package counts-1.1.0: missing from the cache, or damaged" in again
    assert tree_hashes(small / "public") == expected

    forced = explained(run, small, "--force", "--jobs", "1")
    assert "package counts-1.1.0: --force" in forced
    assert tree_hashes(small / "public") == expected


@pytest.mark.thorough
@pytest.mark.slow
def test_a_byte_changed_with_size_and_time_put_back_is_published_again_as_it_was(
    small: Path, run: Callable[..., Run]
) -> None:
    """In the site itself and in whatever a result of each stage holds, which often are two names of one file."""
    assert run("build", "--root", small).status == 0
    expected = tree_hashes(small / "public")
    folders = [small / "public", *(one for one in sorted((small / "build/cache").iterdir()) if one.is_dir())]
    for folder in folders:
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
        time.sleep(0.05)  # a tick of the system's clock
        for file in (files[0], files[len(files) // 2], files[-1]):
            damage_unseen(file)
        if folder.name == "public":
            assert "Nothing has changed" not in run("build", "--root", small).out
        assert run("build", "--root", small).status == 0
        assert tree_hashes(small / "public") == expected, folder.name
    assert "Nothing has changed" in run("build", "--root", small).out


def damage_unseen(file: Path) -> None:
    """Another byte in the middle, in the same file, of which size and time are as they were."""
    before, content = file.stat(), bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    with file.open("r+b") as opened:
        opened.write(content)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def made(lines: list[str]) -> set[str]:
    return {line.partition(":")[0] for line in lines if not line.startswith(("warning", "How to fix it", "“"))}


def damage(cache: Path) -> None:
    """One file of each stage changed, one entry cut off, one taken away."""
    for stage in (path for path in sorted(cache.iterdir()) if path.is_dir() and path.name != "newest"):
        files = sorted(path for path in stage.rglob("files/**/*") if path.is_file())
        for file in files[:1]:
            content = file.read_bytes()
            file.unlink()  # the published file is the same file
            file.write_bytes(content[::-1])
        entries = sorted(stage.rglob("entry"))
        entries[-1].write_bytes(entries[-1].read_bytes()[:20])
    for folder in (cache / "package").glob("??/*"):
        shutil.rmtree(folder)


@pytest.mark.thorough
@pytest.mark.usefixtures("warmed")
@pytest.mark.slow
def test_a_changed_dataset_is_made_again_and_no_other(small: Path, run: Callable[..., Run], tmp_path: Path) -> None:
    assert run("build", "--root", small, "--drafts").status == 0
    table = small / "datasets/visits/1.0.0/visits.csv"
    table.write_text(table.read_text("utf-8").replace(",30", ",31"), "utf-8")
    again = made(explained(run, small, "--drafts"))
    assert "check visits-1.0.0" in again
    assert "package visits-1.0.0" in again
    assert "write pages visits" in again
    assert not {line for line in again if "counts" in line or "places" in line}

    fresh = Path(shutil.copytree(small, tmp_path / "fresh", ignore=shutil.ignore_patterns("build", "public")))
    assert run("build", "--root", fresh, "--drafts").status == 0
    assert tree_hashes(small / "public") == tree_hashes(fresh / "public")


@pytest.mark.usefixtures("warmed")
@pytest.mark.slow
def test_a_template_makes_pages_anew_and_no_package(small: Path, run: Callable[..., Run]) -> None:
    assert run("build", "--root", small).status == 0
    strings = small / "site/strings"
    strings.mkdir(parents=True)
    ours = Path(__file__).parent.parent / "site"
    shutil.copytree(ours / "templates", small / "site/templates")
    page = small / "site/templates/dataset.html"
    page.write_text(page.read_text("utf-8") + "<p>A new line</p>\n", "utf-8")
    again = made(explained(run, small))
    assert "write pages counts" in again
    assert "render counts en" in again
    assert not {line for line in again if line.startswith(("check", "package", "tabulate", "summarise", "read"))}
    assert "A new line" in (small / "public/en/datasets/counts/index.html").read_text("utf-8")


@pytest.mark.thorough
@pytest.mark.usefixtures("warmed")
@pytest.mark.slow
def test_a_word_that_no_file_of_a_release_repeats_makes_pages_and_no_package(
    small: Path, run: Callable[..., Run]
) -> None:
    assert run("build", "--root", small).status == 0
    catalog = small / "datasets/catalog.yaml"
    lines = catalog.read_text("utf-8").splitlines()
    described = [f"{line} And more." if line.startswith("description@en:") else line for line in lines]
    catalog.write_text("\n".join(described) + "\n", "utf-8")
    again = made(explained(run, small))
    assert "write pages counts" in again
    assert not {
        line for line in again if line.startswith(("read", "check", "tabulate", "summarise", "draw the charts"))
    }
    assert not {line for line in again if line.startswith("package")}
    assert "And more." in (small / "public/en/index.html").read_text("utf-8")
