"""A build that takes over what has not changed publishes what a build from nothing publishes, whatever changed."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.publications import change_dataset, write_dataset, write_publication
from tests.conftest import Run, tree_hashes

DATASETS = 5
STEPS = 4
Change = Callable[[Path, random.Random], None]


def released(root: Path, chance: random.Random) -> Path:
    """The newest release of a dataset."""
    folders = sorted(path.parent for path in root.glob("datasets/d*/1.*/datapackage.yaml"))
    name = chance.choice(sorted({folder.parent.name for folder in folders}))
    return [folder for folder in folders if folder.parent.name == name][-1]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, file
    file.write_text(text.replace(old, new, 1), "utf-8")


def released_again(root: Path, chance: random.Random) -> None:
    change_dataset(root, int(released(root, chance).parent.name[1:]))


def added(root: Path, _chance: random.Random) -> None:
    write_dataset(root, len(list(root.glob("datasets/d*"))))


def drafted(root: Path, chance: random.Random) -> None:
    """A draft is begun, or the one that there is gets another table."""
    newest = released(root, chance)
    draft = newest.with_name("2.0.0")
    if not draft.exists():
        shutil.copytree(newest, draft)
        edit(draft / "datapackage.yaml", f"version: {newest.name}", "version: 2.0.0")
    with (draft / "values.csv").open("a", encoding="utf-8") as file:
        file.write(f"001,{1900 + len((draft / 'values.csv').read_text('utf-8').splitlines())},1\n")


def draft_removed(root: Path, _chance: random.Random) -> None:
    for draft in sorted(root.glob("datasets/d*/2.0.0"))[:1]:
        shutil.rmtree(draft)


def reworded(root: Path, chance: random.Random) -> None:
    edit(root / "datasets/catalog.yaml", "tagline@en: Many", f"tagline@en: {chance.choice(('Very', 'So'))} many")


def retitled(root: Path, chance: random.Random) -> None:
    """A dataset that is only a draft is begun, and gets another title each time."""
    folder = root / "datasets/new/1.0.0"
    if not folder.exists():
        shutil.copytree(released(root, chance), folder)
        text = (folder / "datapackage.yaml").read_text("utf-8").split("\n")
        text = ["name: new" if line.startswith("name:") else line for line in text]
        text = ["version: 1.0.0" if line.startswith("version:") else line for line in text]
        (folder / "datapackage.yaml").write_text("\n".join(text), "utf-8")
    edit(folder / "datapackage.yaml", "title@en: ", "title@en: Newly ")


def draft_only_gone(root: Path, _chance: random.Random) -> None:
    shutil.rmtree(root / "datasets/new", ignore_errors=True)


def schema_changed(root: Path, _chance: random.Random) -> None:
    for file in sorted((root / "schemas").glob("*.yaml")):
        edit(file, "Value, role", "Value of the row, role") if "Value, role" in file.read_text("utf-8") else None


def withdrawn(root: Path, chance: random.Random) -> None:
    ledger = released(root, chance).parent / "releases.yaml"
    if "withdrawn" not in ledger.read_text("utf-8"):
        edit(
            ledger,
            "    changes: ",
            "    withdrawn: {date: '2026-02-01', reason: 有误, reason@en: Wrong}\n    changes: ",
        )


def renamed(root: Path, chance: random.Random) -> None:
    """A dataset goes on under the name of another."""
    folders = sorted(path for path in root.glob("datasets/d*") if (path / "releases.yaml").exists())
    ledgers = [folder / "releases.yaml" for folder in folders]
    if not any("renamedTo" in ledger.read_text("utf-8") for ledger in ledgers):
        ledgers[-1].write_text(f"renamedTo: {folders[1].name}\n{ledgers[-1].read_text('utf-8')}", "utf-8")


def touched(root: Path, chance: random.Random) -> None:
    """A page in the site gets another line, a file is taken away, and there is one more."""
    pages = sorted((root / "public").rglob("*.html"))
    with chance.choice(pages).open("a", encoding="utf-8") as file:
        file.write("another line")
    chance.choice(sorted((root / "public/data").rglob("*.csv"))).unlink()
    (root / "public/stray.txt").write_text("stray", "utf-8")


def replaced(root: Path, chance: random.Random) -> None:
    """A file of the site is another one with other bytes, and the map of the site is gone."""
    file = chance.choice(sorted((root / "public/data").rglob("*.json")))
    file.unlink()
    file.write_text("{}", "utf-8")
    (root / "public/sitemap.xml").unlink(missing_ok=True)


def damaged(root: Path, chance: random.Random) -> None:
    """An entry of each step is gone, cut off, or has another byte."""
    for step in sorted(path for path in (root / "build/cache").iterdir() if path.is_dir()):
        entries = sorted(step.rglob("entry"))
        if entries:
            entry = chance.choice(entries)
            files = sorted(path for path in (entry.parent / "files").rglob("*") if path.is_file())
            if chance.random() < 0.4:
                shutil.rmtree(entry.parent)
            elif chance.random() < 0.5 or not files:
                entry.write_bytes(entry.read_bytes()[:40])
            else:
                file = chance.choice(files)
                file.write_bytes(file.read_bytes()[:-1] + b"X")


def spare_gone(root: Path, _chance: random.Random) -> None:
    shutil.rmtree(root / "build/spare", ignore_errors=True)


def spare_filled(root: Path, _chance: random.Random) -> None:
    """Something else is put into the tree that the next site will be made from, and something is taken out of it."""
    spare = root / "build/spare"
    if spare.is_dir():
        (spare / "data/stray").mkdir(parents=True)
        (spare / "data/stray/stray.txt").write_text("stray", "utf-8")
        (spare / "robots.txt").unlink()


CHANGES: tuple[Change, ...] = (
    released_again, added, drafted, draft_removed, reworded, retitled, draft_only_gone, schema_changed, withdrawn,
    renamed, touched, replaced, damaged, spare_gone, spare_filled,
)  # fmt: skip


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_after_any_changes_the_site_is_that_of_a_build_from_nothing(
    tmp_path: Path, run: Callable[..., Run], seed: int
) -> None:
    chance = random.Random(seed)
    root = write_publication(tmp_path / "changed", DATASETS)
    assert run("build", "--root", root, "--drafts").status == 0
    left = list(CHANGES)
    chance.shuffle(left)
    for step in range(STEPS):
        some = [left.pop() for _ in range(min(len(left), 1 + step))] or chance.sample(CHANGES, 3)
        for change in some:
            change(root, chance)
        names = [change.__name__ for change in some]
        done = run("build", "--root", root, "--drafts", "--jobs", str(1 + step % 2))
        assert done.status == 0, (names, done.said)
        fresh = Path(
            shutil.copytree(root, tmp_path / f"fresh-{step}", ignore=shutil.ignore_patterns("build", "public"))
        )
        done = run("build", "--root", fresh, "--drafts")
        assert done.status == 0, (names, done.said)
        now, expected = tree_hashes(root / "public"), tree_hashes(fresh / "public")
        assert now == expected, (names, sorted(path for path, _ in now.items() ^ expected.items()))
        assert "Nothing has changed" in run("build", "--root", root, "--drafts").out, names
