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


def test_a_broken_build_leaves_the_old_site(small: Path, run: Callable[..., Run]) -> None:
    assert run("build", "--root", small).status == 0
    before = tree_hashes(small / "public")
    broken("wrong-type", small)
    assert run("build", "--root", small).status == 1
    assert tree_hashes(small / "public") == before
