"""The published tree is always the old one or the new one, whole; and the same for the same commit."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from datagazette.messages import texts
from datagazette.model.errors import EnvironmentFault, UsageError
from datagazette.publish.output import MARKER, locked, refuse_unsafe, staged
from tests.conftest import BUILD, Run, tree_hashes

STAGES = texts("progress", "en")["stages"]

pytestmark = pytest.mark.slow


def killed_at(stage: str, root: Path) -> None:
    """Starts a build and kills it, with all its processes, as soon as it says that the stage has begun."""
    title = STAGES[stage]
    with subprocess.Popen(
        [*BUILD, "build", "--root", str(root), "--lang", "en"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(title):
                break
        else:
            pytest.fail(f"the build ended without {title!r}")
        os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.thorough
def test_a_build_that_is_killed_leaves_the_old_site(small: Path, run: Callable[..., Run]) -> None:
    assert run("build", "--root", small).status == 0
    old = tree_hashes(small / "public")
    catalog = small / "datasets/catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8").replace("A small publication", "A new title"), "utf-8")
    for stage in STAGES:
        killed_at(stage, small)
        now = tree_hashes(small / "public")
        whole = now == old or "A new title" in (small / "public/en/index.html").read_text("utf-8")
        assert whole, stage
        if now != old:  # the kill came after the swap
            assert stage == "publish"
    assert run("build", "--root", small).status == 0
    assert "A new title" in (small / "public/en/index.html").read_text("utf-8")
    assert {path.name for path in small.iterdir() if path.name.startswith(".public")} <= {".public.lock"}


@pytest.mark.thorough
def test_two_builds_are_equal(small: Path, small_site: Path, run: Callable[..., Run]) -> None:
    assert run("build", "--root", small, "--out", small / "second", "--jobs", "1", "--force").status == 0
    assert tree_hashes(small / "second") == tree_hashes(small_site)


@pytest.mark.parametrize("address", ["http://[", "ftp://example.org/", "example.org", "http:///data/"])
def test_a_site_needs_an_address(small: Path, run: Callable[..., Run], address: str) -> None:
    done = run("build", "--root", small, "--base-url", address, language="en")
    assert done.status == 2
    assert f"{address} is not the address of a site; write it like https://example.org/data/" in done.err
    assert not (small / "public").exists()


def test_output_may_not_touch_sources(tmp_path: Path) -> None:
    source = tmp_path / "datasets"
    source.mkdir()
    for target in (source, source / "public", tmp_path):
        with pytest.raises(UsageError):
            refuse_unsafe(target, [source])
    refuse_unsafe(tmp_path / "public", [source])


def test_a_folder_of_others_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "documents"
    target.mkdir()
    (target / "letter.txt").write_text("mine")
    with pytest.raises(UsageError, match="did not write"):
        refuse_unsafe(target, [])


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    target = tmp_path / "public"
    with locked(target), pytest.raises(EnvironmentFault, match="another build"), locked(target):
        pass


def test_the_new_tree_replaces_the_old(tmp_path: Path) -> None:
    target = tmp_path / "public"
    for content in ("old", "new"):
        with staged(target) as output:
            output.write("page.html", content)
            output.publish()
    assert (target / "page.html").read_text() == "new"
    assert sorted(path.name for path in target.iterdir()) == [".gitattributes", ".nojekyll", MARKER, "page.html"]


def test_what_was_not_published_is_removed(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), staged(tmp_path / "public") as output:
        output.write("page.html", "half")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == [".public.lock"]


def test_a_kill_between_two_renames_is_healed(tmp_path: Path) -> None:
    aside = tmp_path / ".public.old"
    aside.mkdir()
    (aside / "page.html").write_text("old")
    with pytest.raises(RuntimeError), staged(tmp_path / "public"):
        raise RuntimeError
    assert (tmp_path / "public/page.html").read_text() == "old"
