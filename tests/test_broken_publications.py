"""Each folder of publications/broken/ is the small publication with one fault, and gets its one clear message."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.conftest import PUBLICATIONS, Run, tree_hashes

pytestmark = pytest.mark.slow

CASES = sorted(path.name for path in (PUBLICATIONS / "broken").iterdir())


def broken(case: str, folder: Path) -> dict[str, str]:
    """Lays the fault over the copy of the small publication; returns what is expected."""
    overlay = PUBLICATIONS / "broken" / case
    expected: dict[str, str] = yaml.safe_load((overlay / "expected.yaml").read_text("utf-8"))
    shutil.copytree(overlay, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.yaml"))
    for name in expected.get("remove", ()):
        (folder / name).unlink()
    return expected


def test_there_are_at_least_ten_kinds() -> None:
    assert len(CASES) >= 10


@pytest.mark.sample(6)
@pytest.mark.parametrize("case", CASES)
def test_one_clear_message_and_nothing_published(case: str, small: Path, run: Callable[..., Run]) -> None:
    expected = broken(case, small)
    for language in ("zh", "en"):
        done = run("build", "--root", small, language=language)
        assert done.status == 1, done.said
        assert "Traceback" not in done.said
        error = {"zh": "错误", "en": "error"}[language]
        errors = [line for line in done.err.splitlines() if line.startswith(f"  {error} ")]
        assert len(errors) == 1, done.said
        assert expected["code"] in errors[0]
        assert expected["file"] in done.err
        assert expected[language] in done.err
        if "line" in expected:
            line = {"zh": f"第 {expected['line']} 行", "en": f"line {expected['line']}"}[language]
            assert line in done.err
        assert not (small / "public").exists()


@pytest.mark.usefixtures("warmed")
def test_a_broken_build_leaves_the_old_site(small: Path, run: Callable[..., Run]) -> None:
    assert run("build", "--root", small).status == 0
    before = tree_hashes(small / "public")
    broken("wrong-type", small)
    assert run("build", "--root", small).status == 1
    assert tree_hashes(small / "public") == before


def refused(root: Path, run: Callable[..., Run], code: str, files: set[str], words: dict[str, str]) -> None:
    """Each file is named under the code, in both languages, and nothing is published."""
    for language, word in words.items():
        done = run("build", "--root", root, language=language)
        assert done.status == 1, done.said
        assert "Traceback" not in done.said
        lines = done.err.splitlines()
        shown = {
            lines[at - 1] for at, line in enumerate(lines) if line.split()[1:2] == [f"{code}:"] or f" {code}：" in line
        }
        assert shown == files
        assert word in done.err
        assert not (root / "public").exists()


def test_a_dataset_that_vanished_while_others_use_it(small: Path, run: Callable[..., Run]) -> None:
    shutil.rmtree(small / "datasets/places")
    users = {f"datasets/{one}/datapackage.yaml" for one in ("counts/1.0.0", "counts/1.1.0", "visits/1.0.0")}
    refused(small, run, "uses-unknown", users, {"zh": "places", "en": "places"})


def test_datasets_that_use_each_other_in_a_circle(small: Path, run: Callable[..., Run]) -> None:
    draft = small / "datasets/visits/1.0.0"
    other = Path(shutil.copytree(draft, small / "datasets/calls/1.0.0"))
    for folder, name, used in ((draft, "visits", "calls"), (other, "calls", "visits")):
        file = folder / "datapackage.yaml"
        text = file.read_text("utf-8").replace("name: visits\nversion", f"name: {name}\nversion")
        file.write_text(text.replace("uses: {places: 1.0.0}", f"uses: {{places: 1.0.0, {used}: 1.0.0}}"), "utf-8")
    users = {f"datasets/{one}/1.0.0/datapackage.yaml" for one in ("visits", "calls")}
    circle = "visits-1.0.0 → calls-1.0.0 → visits-1.0.0"
    refused(small, run, "uses-circle", users, {"zh": f"引用成圈：{circle}", "en": f"form a circle: {circle}"})
