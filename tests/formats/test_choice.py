"""Which files a release publishes is chosen by the publication and the dataset, and promised by the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from datagazette.build.checked import load
from datagazette.build.site_plan import Snapshot, plan
from datagazette.downloads.choice import Known, publishes, release_files
from datagazette.model.formats import ALWAYS, CHOSEN, LINKED
from datagazette.model.publication import Catalog, Release
from tests.conftest import Run
from tests.formats.sample import CATALOG, people

NEW = people(files={}, published={})
OLD = replace(NEW, files={"people.csv": "0" * 64})  # its entry in the ledger is older than hashes of published files
SMALL = Known(is_first=False, is_garbled=lambda _: True, has_rows=lambda _, least: least <= 10)
LARGE = replace(SMALL, has_rows=lambda _, least: least <= 200_000)


def kinds(release: Release, known: Known = SMALL, formats: tuple[str, ...] | None = None) -> set[str]:
    return {kind for _, kind in release_files(replace(CATALOG, formats=formats), release, known)}


def test_by_default_a_release_has_what_people_ask_for_and_few_files() -> None:
    assert kinds(NEW) == {*ALWAYS, "json", "croissant", "changes", "chart-svg", "chart-png"}
    one = replace(NEW, tables=NEW.tables[:1], checks=())
    files = list(release_files(replace(CATALOG, formats=None), one, SMALL))
    assert len(files) <= 15  # that stay: one table, one summary with a chart in two languages
    copied = [path for path, kind in files if kind in LINKED]
    assert len(copied) + 1 <= 8  # with the sums; they are those of the newest release


def test_a_large_table_is_json_only_where_that_is_asked_for() -> None:
    assert "json" not in kinds(NEW, LARGE)
    assert "json" in kinds(NEW, LARGE, ("json-large",))
    assert kinds(NEW, LARGE, ("ndjson",)) == {*ALWAYS, "ndjson"}


def test_what_is_compressed_is_there_uncompressed_too() -> None:
    paths = {path for path, _ in release_files(replace(CATALOG, formats=("gzip", "json")), NEW, SMALL)}
    assert {path for path in paths if path.endswith(".gz")} == {
        *("people.csv.gz", "people.json.gz", "regions.csv.gz", "regions.json.gz"),
    }


def test_the_first_release_lists_no_changes() -> None:
    assert "changes" not in kinds(NEW, replace(SMALL, is_first=True))


def test_a_dataset_chooses_in_the_place_of_the_publication() -> None:
    own = replace(NEW, formats=("default", "csvw"))
    assert kinds(own, formats=("ndjson",)) == kinds(NEW) | {"csvw"}
    assert kinds(replace(NEW, formats=()), formats=("ndjson",)) == set(ALWAYS)


def test_a_release_goes_on_publishing_what_its_ledger_promised_whatever_is_chosen_now() -> None:
    promised = replace(NEW, published={"people.excel.csv": ("0",), "summaries/share.dark.svg": ("0",)})
    for formats in (None, (), CHOSEN):
        assert kinds(promised, LARGE, formats) == {*ALWAYS, "csv-excel", "chart-dark"}
        catalog = replace(CATALOG, formats=formats)
        assert publishes(catalog, promised, "chart-dark")
        assert not publishes(catalog, promised, "chart-png")


def test_a_release_older_than_such_promises_has_all_files_unless_the_publication_chooses() -> None:
    assert kinds(OLD) == {*ALWAYS, *CHOSEN} - {"json-large", "ndjson", "gzip", "datacite"}
    assert "ndjson" in kinds(OLD, LARGE)
    assert kinds(OLD, formats=()) == set(ALWAYS)


def _with_keys(root: Path, **keys: object) -> None:
    path = root / "datasets/catalog.yaml"
    path.write_text(path.read_text("utf-8") + (yaml.safe_dump(keys) if keys else ""), "utf-8")


def _catalog(root: Path, **keys: object) -> Catalog:
    _with_keys(root, **keys)
    loaded = load(root)
    assert loaded.publication is not None
    return loaded.publication.catalog


def test_latest_has_what_people_link_to_and_its_sums(small: Path) -> None:
    publication = load(small).publication
    assert publication is not None

    def latest(**changes: object) -> set[str]:
        catalog = replace(publication.catalog, **changes)  # type: ignore[arg-type]
        planned = plan(Snapshot(replace(publication, catalog=catalog), {}))
        place = "data/counts/latest/"
        return {each.entry.address.removeprefix(place) for each in planned if each.entry.address.startswith(place)}

    assert latest() == {
        *("counts.csv", "counts.parquet", "counts.xlsx", "counts.zip", "datapackage.json", "SHA256SUMS"),
        *("summaries/by-place.csv", "summaries/by-place.sql", "checks/shrinking.sql"),  # the descriptor names them
    }
    assert latest(latest=()) == set()
    assert latest(latest=("csv",)) == {"counts.csv", "SHA256SUMS"}


def test_words_and_lists_choose_the_copies_below_latest(small: Path) -> None:
    assert _catalog(small).latest == LINKED
    assert _catalog(small, latest=["csv", "zip"]).latest == ("csv", "zip")


def test_a_descriptor_below_latest_has_all_that_it_names_beside_it(small: Path) -> None:
    copied = _catalog(small, latest=["datapackage"]).latest
    assert set(copied) == {"datapackage", "csv", "summary-csv", "summary-sql", "check-sql"}


@pytest.mark.parametrize(("word", "size"), [("everything", len(ALWAYS) + len(CHOSEN)), ("none", 0)])
def test_a_word_chooses_all_or_nothing(small: Path, word: str, size: int) -> None:
    assert len(_catalog(small, latest=word).latest) == size


def test_a_misspelt_format_is_named_with_the_one_that_was_meant(small: Path, run: Callable[..., Run]) -> None:
    _with_keys(small, formats=["jsonl"], latest="linkd")
    found = run("check", "--root", small)
    assert found.status == 1
    assert "“jsonl”: did you mean “json”?" in found.out or "“jsonl”: did you mean “ndjson”?" in found.out
    assert "“linkd”: did you mean “linked”?" in found.out


@pytest.mark.thorough
def test_a_draft_that_leaves_out_files_of_the_release_before_is_named_with_the_line_that_keeps_them(
    small: Path, run: Callable[..., Run]
) -> None:
    assert run("record", "counts", "--root", small).status == 0
    assert run("revise", "counts", "--root", small).status == 0
    found = run("diff", "counts", "--root", small)
    assert "1.2.0 will not have CITATION.cff and other files that 1.1.0 has" in found.out
    assert "chart-dark" in found.out
    _with_keys(small, formats=[*CHOSEN])
    assert "will not have" not in run("diff", "counts", "--root", small).out
