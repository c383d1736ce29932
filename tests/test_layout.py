"""A folder is laid out from files elsewhere: right whatever it held before, and untouched where it was right."""

from __future__ import annotations

from pathlib import Path

import pytest

from datagazette.build.fingerprints import file_states
from datagazette.files import State
from datagazette.model.errors import EnvironmentFault
from datagazette.publish.output import MARKER, Before, Laid, staged
from datagazette.publish.trees import lay_out


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, str]:
    """Files by the paths that they are to have."""
    found = {}
    for number, path in enumerate(("index.html", "data/a/1.csv", "data/a/2.csv", "data/b/index.html", "en/index.html")):
        source = tmp_path / "cache" / str(number)
        source.parent.mkdir(exist_ok=True)
        source.write_text(path)
        found[path] = str(source)
    return found


# What every tree has besides its site.
FIXED = {MARKER: "", ".nojekyll": "", ".gitattributes": "* -text\n"}


def content(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_whatever_the_folder_held_it_is_right_afterwards(tmp_path: Path, sources: dict[str, str]) -> None:
    root, outside = tmp_path / "site", tmp_path / "outside"
    (root / "index.html").mkdir(parents=True)  # a folder where a file belongs
    (root / "index.html/deep.txt").write_text("x")
    (root / "data").write_text("a file where a folder belongs")
    (root / "gone/deeper").mkdir(parents=True)
    (root / "gone/deeper/old.html").write_text("old")
    outside.mkdir()
    (outside / "index.html").write_text("a stranger's")
    (root / "en").symlink_to(outside)
    lay_out(root, sources, tmp_path.stat().st_mode)
    assert content(root) == {path: path for path in sources}
    assert not any(path.is_symlink() for path in root.rglob("*"))
    assert not (root / "gone").exists()
    assert (outside / "index.html").read_text() == "a stranger's"


def test_what_is_right_stays_and_what_differs_does_not_spoil_its_source(
    tmp_path: Path, sources: dict[str, str]
) -> None:
    root = tmp_path / "site"
    root.mkdir()
    lay_out(root, sources, tmp_path.stat().st_mode)
    before = {path: (root / path).stat() for path in sources}
    (root / "data/a/2.csv").unlink()
    (root / "data/a/2.csv").symlink_to(sources["index.html"])
    (root / "data/a/1.csv").unlink()
    (root / "data/a/1.csv").write_text("data/a/1.csX")
    (root / "data").chmod(0o700)
    lay_out(root, sources, tmp_path.stat().st_mode)
    assert content(root) == {path: path for path in sources}
    assert Path(sources["index.html"]).read_text() == "index.html"
    assert (root / "data").stat().st_mode == tmp_path.stat().st_mode
    assert (root / "en/index.html").stat() == before["en/index.html"]


def test_the_tree_that_was_replaced_serves_the_next_build(tmp_path: Path, sources: dict[str, str]) -> None:
    """Three builds: each publishes what it was given, one with a page fewer, and written files are new each time."""
    target, spare = tmp_path / "out/public", tmp_path / "build/spare"
    for number, left_out in enumerate(("en/index.html", "", "data/a/1.csv")):
        kept = {path: source for path, source in sources.items() if path != left_out}
        with staged(target, spare) as output:
            for path, source in kept.items():
                output.take(source, path)
            output.take(sources["data/a/2.csv"], "data/latest/2.csv")
            output.write("catalog.json", str(number))
            shown = output.publish()
        assert content(target) == {
            **{path: path for path in kept}, "data/latest/2.csv": "data/a/2.csv", "catalog.json": str(number),
            **FIXED,
        }  # fmt: skip
        assert shown == file_states(target)
        assert spare.exists() == bool(number)
    assert {path.name for path in target.parent.iterdir()} == {"public", ".public.lock"}


def test_a_spare_that_cannot_be_used_is_done_without(tmp_path: Path, sources: dict[str, str]) -> None:
    target, spare = tmp_path / "public", tmp_path / "spare"
    spare.write_text("no folder")
    with staged(target, spare) as output:
        output.take(sources["index.html"], "index.html")
        output.publish()
    assert (target / "index.html").read_text() == "index.html"


def test_the_rest_is_laid_out_while_the_search_is_made(tmp_path: Path, sources: dict[str, str]) -> None:
    """Three builds, whose folders of the search hold other files each time, and in the last one nothing."""
    target, spare = tmp_path / "out/public", tmp_path / "build/spare"
    folders = ("pagefind", "search")
    for found in ({"pagefind/a": "1", "search/rows/b": "2"}, {"pagefind/c": "3", "search/rows/b": "4"}, {}):
        with staged(target, spare) as output:
            for path, source in sources.items():
                output.take(source, path)
            with output.complete_but_for(folders):
                for path, text in found.items():
                    output.write(path, text)
            shown = output.publish()
        assert shown == file_states(target)
        assert content(target) == {**{path: path for path in sources}, **found, **FIXED}
        assert {path.name for path in target.iterdir()} >= {"data", "en"}
        assert (target / "search").exists() == bool(found)


def test_a_tree_that_cannot_be_laid_out_is_not_published(tmp_path: Path, sources: dict[str, str]) -> None:
    target = tmp_path / "public"
    with pytest.raises(EnvironmentFault), staged(target) as output:
        output.take(str(tmp_path / "nowhere"), "index.html")
        output.take(sources["data/a/1.csv"], "data/a/1.csv")
        with output.complete_but_for(("pagefind",)):
            pass
        output.publish()
    assert not target.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"cache", ".public.lock"}


def test_what_was_there_two_sites_ago_is_published_again_with_its_state(
    tmp_path: Path, sources: dict[str, str]
) -> None:
    """Each build knows the one before: a file and a text are what they were two sites ago."""
    target, spare, laid, states = tmp_path / "public", tmp_path / "build/spare", Laid(), dict[str, State]()
    pages, texts = ["index.html", "data/a/1.csv"], ["old", "new"]
    for number in (0, 1, 0, 1, 1):
        with staged(target, spare) as output:
            output.begin(Before(laid, states, is_listed=True))
            output.take(sources[pages[number]], "page.html")
            output.take(sources["en/index.html"], "en/index.html")
            output.write("catalog.json", texts[number])
            if number:
                output.write("only/sometimes.txt", "x")
            states = output.publish()
            laid = output.laid()
        assert states == file_states(target)
        expected = {"page.html": pages[number], "en/index.html": "en/index.html", "catalog.json": texts[number]}
        assert content(target) == {**expected, **({"only/sometimes.txt": "x"} if number else {}), **FIXED}
        assert (target / "only").exists() == bool(number)
