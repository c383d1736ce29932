"""What was published stays: the ledger keeps every hash, new bytes need the same values, other data are refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from datagazette.build.build import Built, Options, publish_site
from datagazette.build.checked import load
from datagazette.build.steps import Reporter
from datagazette.commands.ledger_text import with_hashes
from datagazette.commands.release import record, release_draft
from datagazette.commands.verify import verify_file
from datagazette.downloads import csv, json, parquet, xlsx
from datagazette.downloads.promises import Kept, first_difference
from datagazette.downloads.sheet_columns import Columns
from datagazette.downloads.sheet_rows import Ending
from datagazette.isolation import Worker
from datagazette.model.errors import DataFaults
from datagazette.model.problems import fix, message
from tests.conftest import PUBLICATIONS, Run, tree_hashes

LEDGER = "datasets/counts/releases.yaml"


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work is done in this process, so that tests can put another library in the place of the one that writes."""
    monkeypatch.setattr(Worker, "call", lambda _, work, *arguments, seconds=None: work(*arguments))


@pytest.fixture(scope="module")
def recorded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small publication with the hashes of what it publishes in its ledgers."""
    root = tmp_path_factory.mktemp("recorded") / "small"
    shutil.copytree(PUBLICATIONS / "small", root, ignore=shutil.ignore_patterns("build", ".*"))
    assert all(one.added for one in record(root, jobs=1))
    return root


@pytest.fixture
def recorded(recorded_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded_once, tmp_path / "small"))


def entries(root: Path) -> list[dict[str, dict[str, object]]]:
    found: list[dict[str, dict[str, object]]] = yaml.safe_load((root / LEDGER).read_text("utf-8"))["releases"]
    return found


def test_the_ledger_keeps_the_hash_of_every_published_file(recorded: Path) -> None:
    entry = entries(recorded)[0]
    assert {"counts.csv", "counts.parquet", "counts-1.0.0.zip", "counts-1.0.0.xlsx", "SHA256SUMS"} <= set(
        entry["published"]
    )
    assert set(entry["contents"]) == {
        "counts-1.0.0.xlsx", "counts-1.0.0.zip", "counts.json", "counts.parquet", "datapackage.json"
    }  # fmt: skip
    assert load(recorded).valid


def test_nothing_is_added_twice(recorded: Path) -> None:
    before = (recorded / LEDGER).read_bytes()
    assert not any(one.added for one in record(recorded, ["counts"]))
    assert (recorded / LEDGER).read_bytes() == before


def test_a_release_writes_them_too(small: Path) -> None:
    release_draft(small, "visits", {"": "首次发布。", "en": "First release."})
    (entry,) = yaml.safe_load((small / "datasets/visits/releases.yaml").read_text("utf-8"))["releases"]
    assert {"visits.csv", "visits.parquet", "visits-1.0.0.zip", "visits-1.0.0.xlsx"} <= set(entry["published"])
    assert "visits.parquet" in entry["contents"]
    assert not any(one.added for one in record(small, ["visits"]))


def other_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an upgrade: Parquet is packed less tightly, JSON has other spaces, workbooks another author."""
    parquet_statement, json_lines, properties = parquet.copy_statement, json._lines, xlsx._Book.write
    monkeypatch.setattr(parquet, "copy_statement", lambda *of: parquet_statement(*of).replace("LEVEL 9", "LEVEL 1"))
    monkeypatch.setattr(json, "_lines", lambda *of: (line.replace('":', '": ') for line in json_lines(*of)))

    def write(book: xlsx._Book, *of: object) -> Columns:
        book._book.set_properties({"author": "somebody else"})
        return properties(book, *of)  # type: ignore[arg-type]

    monkeypatch.setattr(xlsx._Book, "write", write)


def other_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a fault in the generator: one figure of the workbook is another."""
    real = xlsx.ending_of

    def ending_of(*of: Any) -> Ending:
        ending = real(*of)
        return lambda text: ending("701" if text == "101" else text)

    monkeypatch.setattr(xlsx, "ending_of", ending_of)


def build(root: Path, out: Path) -> Built:
    """Everything made anew, since the program that these tests change is not the one whose cache there is."""
    return publish_site(Options(root, out, jobs=1, force=True), Reporter(Console(quiet=True), "en"))


def test_new_bytes_of_the_same_values_are_added(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = entries(recorded)[1]
    other_bytes(monkeypatch)
    record(recorded, ["counts"], jobs=1)
    now = entries(recorded)[1]
    for path in ("counts.parquet", "counts.json", "counts-1.1.0.xlsx"):
        assert now["published"][path][0] == old["published"][path]  # type: ignore[index]
        assert len(now["published"][path]) == 2  # type: ignore[arg-type]
    assert now["published"]["counts.csv"] == old["published"]["counts.csv"]
    assert now["contents"] == old["contents"]
    for form in now["published"]["counts.json"]:  # type: ignore[attr-defined]
        publication = load(recorded).publication
        assert publication is not None
        assert verify_file(publication, "kept", form).state == "current"


@pytest.mark.thorough
def test_a_build_with_new_bytes_says_so_and_goes_on(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_bytes(monkeypatch)
    built = build(recorded, tmp_path / "public")
    printed = [one for one in built.problems if one.code == "published-bytes-new"]
    assert len(printed) == 3
    assert "build.py record" in fix(printed[0], "en")
    assert (tmp_path / "public/index.html").exists()


def test_another_value_stops_the_build(
    recorded: Path, small_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Path(shutil.copytree(small_site, tmp_path / "public"))
    before = tree_hashes(out)
    other_value(monkeypatch)
    with pytest.raises(DataFaults) as stopped:
        build(recorded, out)
    (found,) = [one for one in stopped.value.problems if one.severity == "error"]
    assert (found.code, found.file) == ("published-file-differs", LEDGER)
    printed = message(found, "en")
    assert printed.startswith("Values in counts-1.1.0.xlsx of 1.1.0 differ from those that were published.")
    assert "101" in printed
    assert "701" in printed
    assert "counts-1.1.0.xlsx" in message(found, "zh")
    assert tree_hashes(out) == before


def test_another_value_is_not_recorded(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (recorded / LEDGER).read_bytes()
    other_value(monkeypatch)
    with pytest.raises(DataFaults):
        record(recorded, ["counts"], jobs=1)
    assert (recorded / LEDGER).read_bytes() == before


def test_text_with_data_is_the_same_bytes_for_ever(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = csv.write_rows
    monkeypatch.setattr(csv, "write_rows", lambda path, header, rows: real(path, [one + " " for one in header], rows))
    with pytest.raises(DataFaults) as stopped:
        record(recorded, ["counts"], jobs=1)
    assert {dict(one.values)["path"] for one in stopped.value.problems} >= {"summaries/by-place.csv"}


def test_a_promised_file_is_made_though_this_program_would_not_make_it(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv, "needs_excel_copy", lambda *_: False)
    record(recorded, ["places"], jobs=1)
    ledger = yaml.safe_load((recorded / "datasets/places/releases.yaml").read_text("utf-8"))
    assert "places.excel.csv" in ledger["releases"][0]["published"]


def test_an_address_that_would_be_gone(recorded: Path) -> None:
    path = recorded / "datasets/places/releases.yaml"
    ledger = yaml.safe_load(path.read_text("utf-8"))
    ledger["releases"][0]["published"]["places.dbf"] = "0" * 64  # which this program cannot make
    path.write_text(yaml.safe_dump(ledger, allow_unicode=True), "utf-8")
    with pytest.raises(DataFaults) as stopped:
        record(recorded, ["places"], jobs=1)
    assert {one.code for one in stopped.value.problems} == {"published-file-gone"}


def test_an_old_release_does_not_move_with_the_datasets_that_it_uses(recorded: Path) -> None:
    """`counts` names a version of `places`; a newer one changes nothing beneath it."""
    old, new = recorded / "datasets/places/1.0.0", recorded / "datasets/places/1.1.0"
    shutil.copytree(old, new)
    for file, words in (("datapackage.yaml", ("1.0.0", "1.1.0")), ("places.csv", ("North", "Far North"))):
        text = (new / file).read_text("utf-8")
        assert words[0] in text
        (new / file).write_text(text.replace(*words), "utf-8")
    release_draft(recorded, "places", {"": "改名。", "en": "Renamed."})
    assert not any(one.added for one in record(recorded, ["counts"]))


def test_a_ledger_keeps_its_other_lines() -> None:
    ledger = """# above
releases:
  - version: 1.0.0
    date: 2026-11-23
    files:
      a.csv: x
    published:
      a.csv: x

  # between
  - version: 1.1.0  # the newest
    date: 2026-11-24
    changes: >
      Two
      lines.
# below
"""
    found = Kept({"a.csv": ("1" * 64,), "b.zip": ("2" * 64, "3" * 64)}, {"b.zip": "4" * 64})
    once = with_hashes(with_hashes(ledger, "1.0.0", found), "1.1.0", found)
    assert once == with_hashes(with_hashes(once, "1.0.0", found), "1.1.0", found)
    first, second = yaml.safe_load(once)["releases"]
    assert first["published"] == second["published"] == {"a.csv": "1" * 64, "b.zip": ["2" * 64, "3" * 64]}
    assert first["contents"] == {"b.zip": "4" * 64}
    assert second["changes"] == "Two lines.\n"
    for line in ("# above", "\n\n  # between\n", "  # the newest", "# below"):
        assert line in once


def test_a_first_difference_is_reported() -> None:
    assert first_difference("abc", "abd") == ("c", "d")
    assert first_difference("ab", "abc") == ("", "c")
    assert first_difference("ab", "ab") is None


def test_the_command(recorded: Path, run: Callable[..., Run]) -> None:
    done = run("record", "places", "--root", recorded)
    assert (done.status, done.out) == (0, "places-1.0.0: unchanged\n")
    assert run("record", "nowhere", "--root", recorded).status == 2
    assert "没有变化" in run("record", "places", "--root", recorded, language="zh").out
