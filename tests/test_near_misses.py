"""A slip is named as what was probably meant, once, in both languages."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from datagazette.commands.check import CheckOptions, check_targets
from datagazette.model.names import near_version, nearest
from datagazette.model.problems import Problem, fix, message

VISITS = "datasets/visits/1.0.0"


def found(root: Path, *targets: str) -> list[Problem]:
    """All problems but that the dataset of the test is a draft."""
    checked = check_targets(CheckOptions(root, targets, jobs=1))
    return [one for one in checked.problems if one.code != "dataset-draft-only"]


def replaced(file: str, before: str, after: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        text = (root / file).read_text("utf-8")
        assert before in text
        (root / file).write_text(text.replace(before, after, 1), "utf-8")

    return change


def renamed(before: str, after: str) -> Callable[[Path], None]:
    def rename(root: Path) -> None:
        (root / before).rename(root / after)

    return rename


def unpacked(root: Path) -> None:
    """The files of the one version laid into the dataset's folder."""
    for path in (root / VISITS).iterdir():
        path.rename(root / "datasets/visits" / path.name)
    (root / VISITS).rmdir()


def emptied(root: Path) -> None:
    shutil.rmtree(root / VISITS)


def left(file: str) -> Callable[[Path], None]:
    def leave(root: Path) -> None:
        (root / file).write_text("a,b\n1,2\n")

    return leave


# What was done; the problem's code, file and line; what its message or mend says.
CASES = {
    "key of a descriptor": (
        replaced(f"{VISITS}/datapackage.yaml", "title@en: Visits\n", "titel@en: Visits\n"),
        ("unknown-key", f"{VISITS}/datapackage.yaml", 4),
        ("没有“titel@en”这个键，是否想写“title@en”？", "There is no key “titel@en”: did you mean “title@en”?"),
    ),
    "key of the catalogue": (
        replaced("datasets/catalog.yaml", "baseUrl:", "base_url: https://example.org/\nbaseUrl:"),
        ("unknown-key", "datasets/catalog.yaml", 10),
        ("是否想写“baseUrl”", "did you mean “baseUrl”"),
    ),
    "key of a ledger": (
        replaced("datasets/places/releases.yaml", "  changes:", "  chnages: x\n    changes:"),
        ("unknown-key", "datasets/places/releases.yaml", 4),
        ("是否想写“changes”", "did you mean “changes”"),
    ),
    "key of a schema": (
        replaced("schemas/visits.v1.yaml", "title@en: Day", "titel@en: Day, title@en: Day"),
        ("field-error", "schemas/visits.v1.yaml", 4),
        ("是否应为“title@en”", "did you mean “title@en”"),
    ),
    "key of a foreign key": (
        replaced("schemas/visits.v1.yaml", "resource: places, ", "resource: places, pakage: places, "),
        ("schema-error", "schemas/visits.v1.yaml", 9),
        ("是否应为“package”", "did you mean “package”"),
    ),
    "constraint": (
        replaced("schemas/visits.v1.yaml", "maximum: 1000", "maximun: 1000"),
        ("field-error", "schemas/visits.v1.yaml", 5),
        ("是否想写“maximum”", "did you mean “maximum”"),
    ),
    "file in another case": (
        renamed(f"{VISITS}/visits.csv", f"{VISITS}/Visits.CSV"),
        ("file-name-case", f"{VISITS}/datapackage.yaml", 13),
        ("文件夹中是“Visits.CSV”", "the folder contains “Visits.CSV”"),
    ),
    "file misnamed": (
        renamed(f"{VISITS}/visits.csv", f"{VISITS}/vists.csv"),
        ("file-missing", f"{VISITS}/datapackage.yaml", 13),
        ("文件夹中有“vists.csv”", "did you mean “vists.csv”"),
    ),
    "query misnamed": (
        renamed(f"{VISITS}/total.sql", f"{VISITS}/totals.sql"),
        ("file-missing", f"{VISITS}/datapackage.yaml", 18),
        ("文件夹中有“totals.sql”", "did you mean “totals.sql”"),
    ),
    "file that nobody names": (
        left(f"{VISITS}/visits-2.csv"),
        ("file-unused", f"{VISITS}/visits-2.csv", None),
        ("名称最接近的是“visits.csv”", "The nearest name is “visits.csv”"),
    ),
    "notes misnamed": (
        left(f"{VISITS}/note.csv"),
        ("file-unused", f"{VISITS}/note.csv", None),
        ("名称最接近的是“notes.csv”", "The nearest name is “notes.csv”"),
    ),
    "file outside of any dataset": (
        left("datasets/loose.csv"),
        ("file-unused", "datasets/loose.csv", None),
        ("build.py new 名称 datasets/loose.csv", "build.py new NAME datasets/loose.csv"),
    ),
    "descriptor misnamed": (
        renamed(f"{VISITS}/datapackage.yaml", f"{VISITS}/DataPackage.yaml"),
        ("file-name-case", VISITS, None),
        ("文件夹中是“DataPackage.yaml”", "the folder contains “DataPackage.yaml”"),
    ),
    "schema in another case": (
        renamed("schemas/visits.v1.yaml", "schemas/Visits.v1.yaml"),
        ("schema-missing", f"{VISITS}/datapackage.yaml", 13),
        ("是否想写“Visits.v1”", "did you mean “Visits.v1”"),
    ),
    "folder that is nearly a version": (
        renamed(VISITS, "datasets/visits/v1.0"),
        ("folder-not-version", "datasets/visits/v1.0", None),
        ("是否想写“1.0.0”", "did you mean “1.0.0”"),
    ),
    "folder that is empty": (
        emptied,
        ("dataset-empty", "datasets/visits", None),
        ("数据集中没有版本文件夹", "The dataset has no version folder"),
    ),
    "files without a version": (
        unpacked,
        ("dataset-empty", "datasets/visits", None),
        ("datapackage.yaml", "datapackage.yaml"),
    ),
    "version of another dataset": (
        replaced(f"{VISITS}/datapackage.yaml", "uses: {places: 1.0.0}", "uses: {places: 1.0.1}"),
        ("uses-unknown", f"{VISITS}/datapackage.yaml", None),
        ("places 没有 1.0.1 版本；现有：1.0.0", "places has no version 1.0.1; it has: 1.0.0"),
    ),
    "dataset that no folder can be called": (
        replaced(f"{VISITS}/datapackage.yaml", "uses: {places: 1.0.0}", f"uses: {{{'places' * 60}: 1.0.0}}"),
        ("uses-unknown", f"{VISITS}/datapackage.yaml", None),
        ("places", "places"),
    ),
    "code without its zeros": (
        replaced(f"{VISITS}/visits.csv", "2,002,", "2,2,"),
        ("foreign-key", f"{VISITS}/visits.csv", 3),
        ("那里有“002”：开头的零丢失了", "but “002” does: the leading zero was lost"),
    ),
    "code in wide digits": (
        replaced(f"{VISITS}/visits.csv", "2,002,", "2,００２,"),
        ("foreign-key", f"{VISITS}/visits.csv", 3),
        ("是否想写“002”", "did you mean “002”"),
    ),
    "category": (
        replaced("datasets/counts/1.2.0/counts.csv", ",at_least", ",atleast"),
        ("constraint-error", "datasets/counts/1.2.0/counts.csv", 3),
        ("是否想写“at_least”", "did you mean “at_least”"),
    ),
    "translation of a field": (
        replaced("schemas/visits.v1.yaml", ", title@en: Day", ""),
        ("translation-missing", "schemas/visits.v1.yaml", 4),
        ("title@en", "title@en"),
    ),
    "address that is none": (
        replaced(f"{VISITS}/datapackage.yaml", "https://creativecommons.org/", "https://[creativecommons.org/"),
        ("link-unsafe", f"{VISITS}/datapackage.yaml", 9),
        ("例如 https://example.org/data/", "such as https://example.org/data/"),
    ),
    "mark that nobody replaced": (
        replaced(f"{VISITS}/datapackage.yaml", "title@en: Visits\n", "title@en: TODO title in English\n"),
        ("text-unwritten", f"{VISITS}/datapackage.yaml", 4),
        ("“title@en”还没有写", "“title@en” is still marked TODO"),
    ),
}


# What else is said, since it follows from the slip.
FOLLOW = {
    "key of a descriptor": {"translation-missing"},
    "category": {"constraint-error"},
    "schema in another case": {"schema-unused"},
    "version of another dataset": {"resource-error"},
    "dataset that no folder can be called": {"foreign-package", "resource-error"},
    "folder that is empty": {"schema-unused"},
    "files without a version": {"schema-unused"},
    "folder that is nearly a version": {"schema-unused"},
    "descriptor misnamed": {"schema-unused"},
}


@pytest.mark.sample(8)
@pytest.mark.parametrize("case", CASES)
def test_a_slip_is_reported_once_with_what_was_meant(case: str, small: Path) -> None:
    change, (code, file, line), (chinese, english) = CASES[case]
    if case == "category":
        draft = shutil.copytree(small / "datasets/counts/1.1.0", small / "datasets/counts/1.2.0")
        replaced("datasets/counts/1.2.0/datapackage.yaml", "version: 1.1.0", "version: 1.2.0")(small)
        shutil.rmtree(draft / "schemas")
    change(small)
    problems = found(small, *(["counts"] if case == "category" else []))
    alike = [one for one in problems if one.code == code]
    assert alike, problems
    assert (alike[0].file, alike[0].line) == (file, line)
    for language, words in (("zh", chinese), ("en", english)):
        shown = message(alike[0], language) + fix(alike[0], language)
        assert words in shown
        assert "$" not in shown
    assert {one.code for one in problems} - {code} <= FOLLOW.get(case, set())


def test_a_number_that_is_padded_to_six_digits(small: Path) -> None:
    for folder in ("datasets/places/1.0.0",):
        replaced(f"{folder}/places.csv", "001,", "64,")(small)
        replaced(f"{folder}/schemas/places.v1.yaml", "[0-9]{3}", "[0-9]+")(small)
    (small / "datasets/places/releases.yaml").unlink()
    replaced("datasets/visits/1.0.0/visits.csv", "1,001", "1,640000")(small)
    (problem,) = (one for one in found(small, "visits") if one.code == "foreign-key")
    assert "where it is written “64”" in message(problem, "en")
    assert "那里写作“64”" in message(problem, "zh")


def test_what_is_frozen_is_not_asked_to_be_translated(small: Path) -> None:
    replaced("datasets/places/1.0.0/datapackage.yaml", "title@en: Places\n", "")(small)
    assert {one.code for one in found(small)} == {"release-file-changed"}


def test_names_are_near_whatever_their_case_and_signs() -> None:
    known = ("title", "updateFrequency", "primaryKey")
    meant = [nearest(one, known) for one in ("titel", "Title", "update_frequency", "primarykeys", "xyz")]
    assert meant == ["title", "title", "updateFrequency", "primaryKey", ""]


def test_versions_are_near() -> None:
    written = ("v1.1.0", "1.1", "V2", "1_0_0", "version 3", "1.1.0-new", "notes", "2021-22-x")
    meant = [near_version(one) for one in written]
    assert meant == ["1.1.0", "1.1.0", "2.0.0", "1.0.0", "3.0.0", "1.1.0", "", ""]
