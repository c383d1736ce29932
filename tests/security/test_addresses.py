"""Every published address can be stored beside all others, on every system, and `check` says so before a build."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from datagazette.build.site_check import check_site, site_files
from datagazette.build.site_plan import check_addresses
from datagazette.load.publication import load_publication
from datagazette.model.names import is_portable
from datagazette.model.problems import Problem, has_errors, message
from tests.conftest import Run


def copied(root: Path, name: str) -> None:
    """A dataset like `visits`, under another name."""
    folder = root / "datasets" / name
    shutil.copytree(root / "datasets/visits", folder)
    path = folder / "1.0.0/datapackage.yaml"
    path.write_text(path.read_text("utf-8").replace("name: visits\nversion", f"name: {name}\nversion"), "utf-8")


def found(root: Path) -> list[Problem]:
    loaded = load_publication(root)
    assert loaded.publication is not None
    assert not has_errors(loaded.problems), loaded.problems
    return list(check_site(loaded.publication, site_files(root)).problems)


def codes(root: Path) -> set[tuple[str, str, str]]:
    return {(one.code, one.severity, one.file) for one in found(root)}


@pytest.mark.parametrize("name", ["index.html", "index.md", "feed.xml"])
def test_a_dataset_is_not_called_like_a_file_beside_it(name: str, small: Path) -> None:
    copied(small, name)
    expected = set() if name == "feed.xml" else {("address-clash", "error", f"datasets/{name}")}
    assert codes(small) == expected


def test_a_dataset_called_like_the_description_of_another_is_refused(small: Path) -> None:
    copied(small, "visits.json")
    assert codes(small) == {("address-clash", "error", "datasets/visits.json")}
    one = found(small)[0]
    assert message(one, "en") == (
        "“api/datasets/visits.json” is a file, and “api/datasets/visits.json/summaries/total.json” needs a folder of "
        "that name."
    )
    assert "api/datasets/visits.json" in message(one, "zh")


@pytest.mark.slow
def test_check_and_build_say_it_before_anything_is_written(small: Path, run: Callable[..., Run]) -> None:
    copied(small, "visits.json")
    for command in ("check", "build"):
        done = run(command, "--root", small)
        assert done.status == 1
        assert "address-clash" in done.said
        assert "Traceback" not in done.said
        assert "File exists" not in done.said
    assert not (small / "public").exists()


@pytest.mark.parametrize("name", ["con.txt", "nul.a", "com1", "lpt9.csv", "aux.x", "prn.y"])
def test_a_name_that_windows_keeps_for_devices_is_refused(name: str, small: Path) -> None:
    copied(small, name)
    assert codes(small) == {("name-not-portable", "error", f"datasets/{name}")}


def test_a_name_that_is_published_already_stays_with_a_warning(small: Path) -> None:
    """A release cannot be renamed any more; only its readers on one system are without it."""
    path = "data/a/1.0.0/con.csv"
    datasets = load_publication(small).publication
    assert datasets is not None
    one = datasets.datasets[:1]

    def same(_name: str) -> Iterable[str]:
        return [path]

    def nothing(_name: str) -> Iterable[str]:
        return []

    assert [(each.code, each.severity) for each in check_addresses([], one, same, same)] == [
        ("name-not-portable", "warning")
    ]
    assert [each.severity for each in check_addresses([], one, same, nothing)] == ["error"]


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (["a/x.csv", "a/X.csv"], [("address-clash", "case")]),
        (["a/B/x.csv", "a/b"], [("address-clash", "")]),
        (["a/x/y/z.csv", "a/x"], [("address-clash", "")]),
        (["a/", "a/index.html"], []),
        (["a/", "a/index.html/"], [("address-clash", "")]),
        (["a/x?.csv"], [("name-not-portable", "")]),
        (["a/x.csv", "a/x.csv"], []),
        (["a/x.csv", "a/x.csv.json", "a/b/x.csv"], []),
    ],
)
def test_addresses_are_compared_without_case_and_as_files_and_folders(
    addresses: list[str], expected: list[tuple[str, str]], small: Path
) -> None:
    publication = load_publication(small).publication
    assert publication is not None
    one = publication.datasets[:1]
    problems = check_addresses([], one, lambda _: addresses, lambda _: ())
    assert [(each.code, dict(each.values).get("rule", "")) for each in problems] == expected


@pytest.mark.parametrize("name", ["a.csv", "console", "nullable.txt", "com10", "a.con", "数据.csv", "a b"])
def test_other_names_are_portable(name: str) -> None:
    assert is_portable(name)


@pytest.mark.parametrize(
    "name", ["CON", "Nul.csv", "COM1.tar.gz", "lpt¹", "a.", "a ", "a:b", 'a"b', "a|b", "a\tb", "a\\b"]
)
def test_names_that_windows_cannot_hold(name: str) -> None:
    assert not is_portable(name)


def test_datasets_that_are_renamed_to_one_another_are_refused(small: Path) -> None:
    for name, to in (("counts", "places"), ("places", "counts")):
        path = small / f"datasets/{name}/releases.yaml"
        path.write_text(f"{path.read_text('utf-8')}\nrenamedTo: {to}\n", "utf-8")
    problems = load_publication(small).problems
    assert [(one.code, one.file) for one in problems if one.severity == "error"] == [
        ("renamed-circle", "datasets/counts/releases.yaml"),
        ("renamed-circle", "datasets/places/releases.yaml"),
    ]
    assert message(problems[0], "en") == "The renamings form a circle: counts → places → counts."


def test_a_chain_of_renamings_is_no_circle(small: Path) -> None:
    path = small / "datasets/counts/releases.yaml"
    path.write_text(f"{path.read_text('utf-8')}\nrenamedTo: places\n", "utf-8")
    assert not has_errors(load_publication(small).problems)
