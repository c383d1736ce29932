"""What a maintainer reads of a change, in both languages: each story is real commits in a repository."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import BUILD, PUBLICATIONS, call_build, tree_hashes
from tests.diff.conftest import Repository, git
from tests.namespaces import without_override

pytestmark = pytest.mark.slow

COUNTS = "counts/1.1.1/counts.csv"


def test_a_correction(repository: Repository) -> None:
    repository.revise("counts", "patch")
    repository.replace(COUNTS, "001,2020,101", "001,2020,110")
    repository.commit("Correct North in 2020")
    said = repository.said("--base", "main")
    assert (said["en"].status, said["zh"].status) == (0, 0)
    assert said["en"].out.startswith("✓ 1 dataset changes: 1 cell changed; the version fits.")
    assert "This requires a PATCH version: figures corrected in counts; 1.1.1 fits." in said["en"].out
    assert "001    2020  people     101    110   +8.9%" in said["en"].out
    assert said["zh"].out.startswith("✓ 1 个数据集有改动：修改 1 个单元格；版本号合适。")
    assert "需要升修订号（PATCH）：counts 更正了数据；1.1.1 符合。" in said["zh"].out


def test_a_new_year(repository: Repository) -> None:
    repository.revise("counts", "minor")
    repository.replace("counts/1.2.0/counts.csv", "010,2021,9,exact\n", "010,2021,9,exact\n001,2022,130,exact\n")
    repository.replace("counts/1.2.0/datapackage.yaml", "temporal: 2020/2021", "temporal: 2020/2022")
    repository.commit("Add 2022")
    said = repository.said("--base", "main")
    assert said["en"].out.startswith("✓ 1 dataset changes: 1 row added; the version fits.")
    assert "counts.csv: 1 row added (5 rows → 6 rows)" in said["en"].out
    assert "- temporal 2020/2021 → 2020/2022" in said["en"].out
    assert "counts 1.2.0（草稿，与 1.1.0 比较）" in said["zh"].out
    assert "时间范围 2020/2021 → 2020/2022" in said["zh"].out


def saved_by_a_spreadsheet(path: Path) -> None:
    """The same rows from the last to the first, with CR LF, a byte order mark and everything in quotes."""
    header, *rows = path.read_text("utf-8").splitlines()
    quoted = [",".join(f'"{cell}"' for cell in row.split(",")) for row in [header, *reversed(rows)]]
    path.write_bytes(b"\xef\xbb\xbf" + "".join(f"{row}\r\n" for row in quoted).encode())


def test_a_file_saved_again_by_a_spreadsheet(repository: Repository) -> None:
    repository.revise("counts", "patch")
    saved_by_a_spreadsheet(repository.path(COUNTS))
    repository.commit("Saved in a spreadsheet program")
    said = repository.said("--base", "main")
    assert (said["en"].status, said["zh"].status) == (0, 0)
    assert said["en"].out.startswith("= No data changes: 1 file is only written differently.")
    assert "counts.csv: the data is the same (5 rows → 5 rows)" in said["en"].out
    assert (
        "Differences that do not change the data: byte order mark (BOM) at the start added, line endings LF → CRLF, "
        "rows in a different order, quotes used differently." in said["en"].out
    )
    assert said["zh"].out.startswith("= 没有改动任何数据：1 个文件只是写法不同。")
    assert "不影响数据的差别：文件开头多了字节顺序标记（BOM）、换行符 LF → CRLF、行的先后次序不同" in said["zh"].out


def test_a_released_file_saved_again_is_reported_as_that(repository: Repository) -> None:
    saved_by_a_spreadsheet(repository.path("counts/1.1.0/counts.csv"))
    done = repository.diff("--base", "main")
    assert done.status == 1
    assert "Released file was changed" in done.out
    assert "counts.csv: the data is the same" in done.out


def test_a_misnamed_file(repository: Repository) -> None:
    repository.revise("counts", "patch")
    path = repository.path(COUNTS)
    path.rename(path.with_name("count.csv"))
    repository.commit("Rename by mistake")
    said = repository.said("--base", "main")
    assert (said["en"].status, said["zh"].status) == (1, 1)
    assert said["en"].out.startswith("✗ ")
    first = {language: done.out.splitlines()[1] for language, done in said.items()}
    assert "datasets/counts/1.1.1/datapackage.yaml:17" in first["en"]
    assert "There is no file “counts.csv”: did you mean “count.csv”?" in first["en"]
    assert "找不到“counts.csv”；文件夹中有“count.csv”，是否就是它？" in first["zh"]
    assert "requires" not in said["en"].out, "no version is judged on half of its files"
    assert "was removed" not in said["en"].out


def test_a_file_that_nothing_refers_to(repository: Repository) -> None:
    repository.revise("counts", "patch")
    repository.path("counts/1.1.1/more.csv").write_text("place,people\n")
    said = repository.said("--base", "main")
    assert (said["en"].status, said["zh"].status) == (1, 1)
    assert "datasets/counts/1.1.1/more.csv" in said["en"].out
    assert "Nothing refers to this file, so it would not be published." in said["en"].out
    assert "没有任何描述引用这个文件，因此不会发布。" in said["zh"].out


def test_a_stray_version_folder(repository: Repository) -> None:
    (repository.path("counts/v2")).mkdir()
    repository.path("counts/v2/counts.csv").write_text("place\n")
    said = repository.said("--base", "main")
    assert said["en"].status == 1
    assert "The folder “v2” is not a version: did you mean “2.0.0”?" in said["en"].out
    assert "文件夹“v2”不是版本号，是否想写“2.0.0”？" in said["zh"].out


def test_a_bump_that_is_too_small(repository: Repository) -> None:
    repository.revise("counts", "patch")
    repository.replace(COUNTS, "010,2021,9,exact\n", "010,2021,9,exact\n001,2022,130,exact\n")
    repository.commit("Add 2022")
    said = repository.said("--base", "main")
    assert (said["en"].status, said["zh"].status) == (1, 1)
    assert "The changes since 1.1.0 require a MINOR version, 1.2.0 or higher; this is 1.1.1." in said["en"].out
    assert "Rename the folder to 1.2.0, and write version: 1.2.0 into its datapackage.yaml." in said["en"].out
    assert "1.1.0 之后的改动需要 MINOR 级的新版本，至少是 1.2.0，而这里是 1.1.1。" in said["zh"].out


def test_a_field_that_goes_is_a_major_change(repository: Repository) -> None:
    repository.revise("counts", "minor")
    draft = repository.path("counts/1.2.0")
    rows = [line.rsplit(",", 1)[0] for line in (draft / "counts.csv").read_text("utf-8").splitlines()]
    (draft / "counts.csv").write_text("\n".join(rows) + "\n", "utf-8")
    schema = repository.root / "schemas/counts.v1.yaml"
    text = schema.read_text("utf-8")
    start, end = text.index("  - name: bound"), text.index("primaryKey")
    schema.write_text(text[:start] + text[end:], "utf-8")
    said = repository.said("--base", "main")
    assert said["en"].status == 1
    assert "This requires a MAJOR version: Field counts.bound was removed; 1.2.0 is too low." in said["en"].out
    assert "需要升主版本（MAJOR）：去掉字段 counts.bound；1.2.0 不够。" in said["zh"].out


def test_the_base_of_a_branch_is_where_it_left_main(repository: Repository) -> None:
    """What came to main since is no change of this branch."""
    git(repository.root, "switch", "--quiet", "main")
    repository.replace("catalog.yaml", "A small publication", "Another title")
    repository.commit("A new title")
    git(repository.root, "switch", "--quiet", "change")
    done = repository.diff("--base", "main")
    assert (done.status, done.out) == (0, "= Nothing differs from main.\n")
    assert repository.diff("--base", "main", language="zh").out == "= 与main相比没有任何改动。\n"


def test_a_shallow_clone(repository: Repository, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--branch", "change", f"file://{repository.root}", str(clone))
    said = {one: call_build("diff", "--base", "origin/main", "--root", clone, language=one) for one in ("en", "zh")}
    assert (said["en"].status, said["zh"].status) == (2, 2)
    assert "this clone does not have origin/main; fetch it first: git fetch --unshallow origin main" in said["en"].err
    assert "这份克隆里没有 origin/main；请先取得它：git fetch --unshallow origin main" in said["zh"].err
    assert "fetch-depth: 0" in said["zh"].err
    git(clone, "fetch", "--quiet", "--unshallow", "origin", "main:refs/remotes/origin/main")
    assert call_build("diff", "--base", "origin/main", "--root", clone).status == 0


def test_no_repository_and_no_such_revision(small: Path, repository: Repository) -> None:
    done = call_build("diff", "--base", "main", "--root", small)
    assert (done.status, "is not in a git repository" in done.err) == (2, True)
    done = repository.diff("--base", "nonsense", language="zh")
    assert (done.status, "没有名为 nonsense 的版本或文件夹" in done.err) == (2, True)
    done = repository.diff("--base", "--output=x")
    assert (done.status, "there is no revision or folder --output=x" in done.err) == (2, True)


def test_another_folder_is_a_base(repository: Repository) -> None:
    repository.revise("counts", "patch")
    repository.replace(COUNTS, "001,2020,101", "001,2020,110")
    against_folder = repository.diff("--base", str(PUBLICATIONS / "small"))
    assert against_folder.out == repository.diff("--base", "main").out
    done = repository.diff("--base", str(PUBLICATIONS))
    assert (done.status, "is not a publication" in done.err) == (2, True)


def files(root: Path) -> dict[str, str]:
    """All but git's own note of which files it has looked at."""
    return {name: digest for name, digest in tree_hashes(root).items() if name != ".git/index"}


@pytest.mark.thorough
def test_a_fork_without_rights(repository: Repository) -> None:
    """Nothing is asked for and nothing is written: a stranger's pull request is compared like any other."""
    repository.revise("counts", "patch")
    repository.replace(COUNTS, "001,2020,101", "001,2020,110")
    repository.commit("Correct North in 2020")
    before = files(repository.root)
    for path in sorted(repository.root.rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)
    repository.root.chmod(0o555)
    command = without_override([*BUILD, "diff", "--base", "main", "--root", str(repository.root), "--lang"])
    try:
        said = {one: subprocess.run([*command, one], capture_output=True, text=True, check=True).stdout
                for one in ("en", "zh")}  # fmt: skip
    finally:
        for path in (repository.root, *repository.root.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert said["en"].startswith("✓ 1 dataset changes: 1 cell changed; the version fits.")
    assert said["zh"].startswith("✓ 1 个数据集有改动：修改 1 个单元格；版本号合适。")
    assert files(repository.root) == before


def test_json_of_a_correction(repository: Repository) -> None:
    repository.revise("counts", "patch")
    repository.replace(COUNTS, "001,2020,101", "001,2020,110")
    found = json.loads(repository.diff("--format", "json").out)
    counts = next(one for one in found["releases"] if one["dataset"] == "counts")
    assert found["valid"]
    assert counts["before"] == {"version": "1.1.0", "state": "released"}
    assert counts["verdict"]["required"] == "patch"
    (table,) = counts["tables"]
    assert table["rows"] == {"before": 5, "after": 5, "added": 0, "removed": 0, "changed": 1}
    assert table["cells"] == [{"key": {"place": "001", "year": 2020}, "field": "people", "before": 101, "after": 110}]
    assert table["largest"][0]["relative"] == pytest.approx(9 / 101)


def test_a_broken_file(repository: Repository) -> None:
    """The check says which cell; the comparison shows the cell beside what stood there."""
    repository.revise("counts", "patch")
    repository.replace(COUNTS, "001,2020,101", "001,2020,a hundred")
    repository.commit("A slip")
    arguments = ("check", "--changed-since", "main", "--root", repository.root)
    said = {language: call_build(*arguments, language=language) for language in ("en", "zh")}
    assert (said["en"].status, said["zh"].status) == (1, 1)
    assert "datasets/counts/1.1.1/counts.csv" in said["en"].out
    assert "“a hundred” in column “people” is not a whole number" in said["en"].out
    assert "line 2" in said["en"].out
    assert "第 2 行" in said["zh"].out
    assert "“a hundred”" in said["zh"].out
    compared = repository.diff("--base", "main")
    assert "001    2020  people     101  a hundred" in compared.out
    assert "counts.csv: 1 cell changed" in compared.out


def test_a_check_of_what_changed_takes_its_users_too(repository: Repository) -> None:
    arguments = ("check", "--changed-since", "main", "--format", "json", "--root", repository.root)

    def checked() -> set[str]:
        return {one["place"].split("/")[1] for one in json.loads(call_build(*arguments).out)["tasks"]}

    assert checked() == set()
    repository.revise("visits", "patch")
    repository.replace("visits/1.0.0/visits.csv", "2021", "2022")
    assert checked() == {"visits"}
    repository.replace("places/1.0.0/places.csv", "北镇", "北城")
    assert checked() == {"visits", "places", "counts"}, "counts refers to places"
