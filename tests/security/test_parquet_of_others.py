"""DuckDB opens only the Parquet files that a build of this program wrote: readers of Parquet have had holes."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from datagazette.downloads.promises import other_values
from datagazette.files import sha256
from datagazette.model.results import PublishedFile, ReleaseResult
from datagazette.tables.engine import connect
from tests.conftest import ROOT, call_build
from tests.formats.sample import people
from tests.ground.drafts import drafted

# What each of them reads: typed tables of this build or its cache, its own downloads, and its own intermediate rows.
# Snippets are texts for readers.
READERS = {
    "compute/missing.py", "compute/queries.py", "describe/snippets.py", "diff/rows.py", "downloads/json.py",
    "downloads/package.py", "downloads/parquet.py", "downloads/promises.py", "tables/decimals.py", "tables/parquet.py",
    "tables/statuses.py",
}  # fmt: skip


def parquet(path: Path, number: int = 1) -> Path:
    """A sound file: if it were opened, its row would be found."""
    with connect() as engine:
        engine.run(f"COPY (SELECT 'A' AS k, {number} AS v) TO '{path}' (FORMAT parquet)")
    return path


def test_every_place_that_reads_parquet_was_looked_at() -> None:
    texts = {path.relative_to(ROOT / "datagazette").as_posix(): path.read_text("utf-8")
             for path in (ROOT / "datagazette").rglob("*.py")}  # fmt: skip
    reads = re.compile(
        r"read_parquet|parquet_(scan|metadata|file_metadata|schema|kv_metadata|bloom_probe)|read_csv_auto"
    )
    assert {name for name, text in texts.items() if reads.search(text)} == READERS


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("name", "stated"),
    [("t.parquet", {}), ("t.parquet", {"format": "parquet"}), ("t.csv", {"format": "parquet"}), ("t.csv", {}),
     ("t.tsv", {}), ("t.parquet", {"format": "csv"})],
)  # fmt: skip
def test_a_packages_parquet_is_refused_whatever_it_is_called(tmp_path: Path, name: str, stated: dict[str, str]) -> None:
    parquet(tmp_path / name)
    fields = [{"name": "k", "type": "string"}, {"name": "v", "type": "integer"}]
    resource = {"name": "t", "path": name, "schema": {"fields": fields}, **stated}
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [resource]}), "utf-8")
    done = call_build("check", tmp_path / "datapackage.json", "--format", "json")
    assert done.status == 1
    (task,) = json.loads(done.out)["tasks"]
    assert not task["valid"]
    assert task["stats"]["rows"] != 1


def test_new_and_revise_do_not_take_it_either(tmp_path: Path) -> None:
    root = drafted(tmp_path / "root", "k,v\nA,1\n", "k,v\nA,1\n", {"k": "string", "v": "integer"})
    file = parquet(tmp_path / "t.csv", 7)
    for command in (("new", "x", file), ("revise", "t", "--data", file)):
        assert call_build(*command, "--root", root).status == 2
    assert (root / "datasets/t/1.1.0/t.csv").read_text() == "k,v\nA,1\n"


def test_parquet_of_the_old_site_is_not_opened_even_if_the_ledger_has_its_hash(tmp_path: Path) -> None:
    old, now = parquet(tmp_path / "old.parquet", 1), parquet(tmp_path / "now.parquet", 2)
    release = replace(people(), published={"t.parquet": (sha256(old),)})
    result = ReleaseResult(release, (), (), (), ())
    file = PublishedFile("t.parquet", "parquet", 1, sha256(now), "")
    assert "before" not in dict(other_values(result, file, now, old).values)


@pytest.mark.thorough
def test_a_cached_table_that_was_replaced_is_made_again(tmp_path: Path) -> None:
    root = drafted(tmp_path, "k,v\nA,1\n", "k,v\nA,1\n", {"k": "string", "v": "integer"})
    build = ("build", "--root", root, "--out", root / "public")
    assert call_build(*build).status == 0
    for path in (root / "build").rglob("*.parquet"):
        path.unlink()
        parquet(path, 3)
    catalog = root / "datasets/catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8").replace("title: Tables", "title: Other tables"), "utf-8")
    assert call_build(*build).status == 0
    assert json.loads((root / "public/data/t/1.0.0/t.json").read_text("utf-8")) == [{"k": "A", "v": 1}]


@pytest.mark.thorough
def test_parquet_that_a_site_in_the_repository_brings_with_its_sums_is_not_opened(tmp_path: Path) -> None:
    root = drafted(tmp_path, "k,v\nA,1\n", "k,v\nA,1\n", {"k": "string", "v": "integer"})
    build = ("build", "--root", root, "--out", root / "public")
    assert call_build(*build).status == 0
    folder = root / "public/data/t/1.0.0"
    before, after = sha256(folder / "t.parquet"), sha256(parquet(tmp_path / "other.parquet", 3))
    (folder / "t.parquet").unlink()
    (tmp_path / "other.parquet").rename(folder / "t.parquet")
    sums = (folder / "SHA256SUMS").read_text("utf-8")
    (folder / "SHA256SUMS").unlink()
    (folder / "SHA256SUMS").write_text(sums.replace(before, after), "utf-8")
    catalog = root / "datasets/catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8").replace("title: Tables", "title: Other tables"), "utf-8")
    done = call_build(*build)  # if the file were opened, its row would be other data of a release
    assert done.status == 0, done.said
    assert sha256(root / "public/data/t/1.0.0/t.parquet") == before


@pytest.mark.thorough
def test_a_cache_that_comes_with_the_repository_is_refused(tmp_path: Path) -> None:
    root = drafted(tmp_path, "k,v\nA,1\n", "k,v\nA,1\n", {"k": "string", "v": "integer"})
    planted = root / "build/cache/tabulate/ab/entry"
    planted.parent.mkdir(parents=True)
    planted.write_text("…", "utf-8")
    git = ["git", "-C", str(root), "-c", "user.name=Tests", "-c", "user.email=tests@example.org"]
    for command in (["init", "-q"], ["add", "-f", "."], ["commit", "-qm", "All"]):
        subprocess.run([*git, *command], check=True)
    for command in ("build", "serve"):
        done = call_build(command, "--root", root)
        assert done.status == 2
        assert "git has build/cache/tabulate/ab/entry" in done.err
