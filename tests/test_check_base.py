"""`check --changed-since` looks at what changed, and at what uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from datagazette.commands.check import CheckOptions, check_targets
from datagazette.model.errors import UsageError
from tests.checkouts import git

COUNTS, VISITS, PLACES = (f"datasets/{one}.csv" for one in ("counts/1.2.0/counts", "visits/1.0.0/visits",
                                                          "places/1.0.0/places"))  # fmt: skip


@pytest.fixture
def repository(small: Path) -> Path:
    """The small publication under git, with a draft that was broken already when it was committed."""
    draft = small / "datasets/counts/1.2.0"
    draft.mkdir()
    for path in (small / "datasets/counts/1.1.0").iterdir():
        if path.is_file():
            (draft / path.name).write_text(path.read_text("utf-8").replace("version: 1.1.0", "version: 1.2.0"), "utf-8")
    change(small, COUNTS, "001,2020", "1,2020")
    git(small, "init", "-q", "-b", "main")
    git(small, "add", "-A")
    git(small, "commit", "-qm", "Before")
    return small


def change(root: Path, file: str, before: str, after: str) -> None:
    text = (root / file).read_text("utf-8")
    assert before in text
    (root / file).write_text(text.replace(before, after, 1), "utf-8")


def found(root: Path, base: str | None = "HEAD") -> set[tuple[str, str]]:
    checked = check_targets(CheckOptions(root, jobs=1, changed_since=base))
    return {(one.code, one.file) for one in checked.problems if one.severity == "error"}


def test_nothing_changed_nothing_checked(repository: Path) -> None:
    assert found(repository, None) == {("foreign-key", COUNTS)}
    assert found(repository) == set()


def test_a_changed_table_is_checked_and_others_are_not(repository: Path) -> None:
    change(repository, VISITS, ",12", ",twelve")
    assert found(repository) == {("type-error", VISITS)}


def test_a_changed_schema_checks_the_tables_that_have_it(repository: Path) -> None:
    change(repository, "schemas/visits.v1.yaml", "maximum: 1000", "maximum: 20")
    assert found(repository) == {("constraint-error", VISITS)}


def test_what_uses_a_changed_dataset_is_checked_too(repository: Path) -> None:
    (repository / "datasets/places/releases.yaml").unlink()
    change(repository, PLACES, "002,", "003,")
    assert {file for _, file in found(repository)} >= {COUNTS, VISITS}


def test_a_revision_that_is_not_there(repository: Path) -> None:
    with pytest.raises(UsageError) as refused:
        found(repository, "nowhere")
    assert "nowhere" in refused.value.text("zh")
