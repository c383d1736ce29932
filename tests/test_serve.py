"""`serve` shows at once what was there, then the pages that are looked at, then all as `build` makes it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from rich.console import Console

from datagazette.build.build import Options
from datagazette.build.steps import Reporter
from datagazette.build.workers import opened, workers
from datagazette.commands.preview import Preview, server
from datagazette.commands.serve import Serving, Superseded
from datagazette.publish.output import MARKER, locked
from tests.conftest import Run

OF_THE_TREE = {MARKER, ".nojekyll", ".gitattributes"}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """A page and a download."""
    for name, text in (("index.html", "<body>Before</body>"), ("data/x/1.0.0/x.csv", "a\n1\n")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return {name: str(tmp_path / name) for name in ("index.html", "data/x/1.0.0/x.csv")}


def event(address: str, path: str, state: str) -> str:
    """The name of the first event that an open page gets."""
    with urlopen(f"{address}__serve/events?path={path}&state={state}", timeout=60) as answer:
        return str(answer.readline().decode().removeprefix("event: ").strip())


def test_a_page_of_before_is_shown_while_a_new_one_is_made(files: dict[str, str]) -> None:
    preview = Preview(files)
    with server(preview, 0) as address:
        assert event(address, "/", preview.state("/")) == "fine"
        preview.begin()
        with urlopen(address, timeout=60) as answer:
            assert b"Before" in answer.read()
        assert event(address, "/", preview.state("/")) == "old"
        preview.show({"index.html": files["index.html"]})
        assert event(address, "/", preview.state("/")) == "fine"


def test_a_page_that_is_looked_at_is_wanted_until_it_is_new(files: dict[str, str]) -> None:
    preview = Preview({**files, "en/index.html": files["index.html"]})
    preview.ask("/")
    assert preview.wanted() == ()
    preview.begin()
    for path in ("/", "/en/", "/data/x/1.0.0/x.csv", "/"):
        preview.ask(path)
    assert preview.wanted() == ("index.html", "en/index.html")
    preview.show(files, is_whole=False)
    assert preview.wanted() == ("index.html", "en/index.html")
    preview.show({"index.html": files["index.html"]})
    assert preview.wanted() == ("en/index.html",)


def test_a_download_waits_until_it_is_made(files: dict[str, str], tmp_path: Path) -> None:
    preview, answers = Preview(files), list[bytes]()
    new = tmp_path / "new.csv"
    new.write_text("a\n2\n")
    preview.begin(["data/"])
    with server(preview, 0) as address:

        def download() -> None:
            with urlopen(f"{address}data/x/1.0.0/x.csv", timeout=60) as answer:
                answers.append(answer.read())

        asking = threading.Thread(target=download)
        asking.start()
        preview.show({}, ["data/x/1.0.0/"])
        assert answers == []
        preview.finish({**files, "data/x/1.0.0/x.csv": str(new)})
        asking.join(60)
    assert answers == [b"a\n2\n"]


def test_a_download_of_before_is_given_where_a_new_one_cannot_be_made(files: dict[str, str]) -> None:
    preview = Preview(files)
    preview.begin(["data/"])
    preview.explain({"en": ["Wrong"]})
    with server(preview, 0) as address, urlopen(f"{address}data/x/1.0.0/x.csv", timeout=60) as answer:
        assert answer.read() == b"a\n1\n"


@pytest.mark.parametrize(("language", "said"), [("en", "The site is being built"), ("zh", "正在生成网站")])
def test_a_page_that_is_still_to_come_says_so_and_comes_by_itself(
    files: dict[str, str], language: str, said: str
) -> None:
    preview = Preview()
    preview.begin()
    with server(preview, 0, language) as address:
        with pytest.raises(HTTPError) as found:
            urlopen(address, timeout=60)
        assert found.value.status == 503
        content = found.value.read().decode()
        assert said in content
        assert "/__serve/preview.js?state=" in content
        state = preview.state("/")
        assert event(address, "/", state) == "fine"
        preview.show(files)
        assert event(address, "/", state) == "reload"


def test_a_page_that_will_not_come_says_no_more_that_it_will(files: dict[str, str]) -> None:
    preview = Preview()
    preview.begin()
    with server(preview, 0) as address:
        waiting = preview.state("/")
        preview.explain({"en": ["Wrong"]})
        assert event(address, "/", waiting) == "reload"
        with pytest.raises(HTTPError) as found:
            urlopen(address, timeout=60)
        assert b"being built" not in found.value.read()
        assert event(address, "/", preview.state("/")) == "problems"
        preview.show(files)
        assert event(address, "/", waiting) == "reload"


@pytest.fixture
def serving(small: Path) -> Iterator[Serving]:
    root = small.resolve()
    report = Reporter(Console(quiet=True), "en", quiet=True)
    with (
        opened(workers(1), reads=[root], writes=[root / "build"]) as first,
        opened(workers(1), reads=[root], writes=[root / "build"]) as rest,
    ):
        yield Serving(Options(root, root / "build" / "serve", drafts=True), Preview(), report, first, rest)


def shown(serving: Serving, path: str) -> str:
    found = serving.preview.locate(path)
    return found.read_text("utf-8") if found else ""


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.usefixtures("warmed")
def test_a_changed_word_is_shown_before_packages_are_made_and_all_is_as_build_makes_it(
    small: Path, serving: Serving, run: Callable[..., Run]
) -> None:
    assert run("build", "--root", small).status == 0
    serving.recall()
    assert "A small publication" in shown(serving, "/en/")
    serving.update()
    assert serving.preview.is_complete

    catalog = small / "datasets/catalog.yaml"
    edit(catalog, "title@en: A small publication", "title@en: A word that is new")
    edit(small / "datasets/visits/1.0.0/visits.csv", "2021-05-03,30", "2021-05-03,777")
    serving.begin()
    serving.preview.ask("/en/datasets/visits/")
    serving.show_first()
    assert "A word that is new" in shown(serving, "/en/")
    assert "777" in shown(serving, "/en/datasets/visits/")
    assert serving.preview.is_old("en/datasets/counts/index.html")
    packages = small / "build/cache/package"
    before = len(list(packages.glob("??/*")))
    serving.build_rest()
    assert len(list(packages.glob("??/*"))) > before
    assert not serving.preview.is_old("en/datasets/counts/index.html")

    assert run("build", "--root", small, "--drafts").status == 0
    public = small / "public"
    built = {path.relative_to(public).as_posix(): path.read_bytes() for path in public.rglob("*") if path.is_file()}
    served = {path: Path(file).read_bytes() for path, file in serving.preview.files.items()}
    assert served == {path: content for path, content in built.items() if path not in OF_THE_TREE}


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.usefixtures("warmed")
def test_a_word_that_changes_while_packages_are_made_is_shown_before_they_are(small: Path, serving: Serving) -> None:
    serving.update()
    catalog = small / "datasets/catalog.yaml"
    edit(small / "datasets/visits/1.0.0/visits.csv", "2021-05-03,30", "2021-05-03,31")
    serving.begin()
    serving.show_first()
    edit(catalog, "tagline@en: Two small datasets.", "tagline@en: Another tagline.")
    serving.changed.set()
    with pytest.raises(Superseded):
        serving.build_rest()
    assert "Another tagline." in shown(serving, "/en/")
    serving.update()
    assert serving.preview.wanted() == ()
    assert "Another tagline." in shown(serving, "/en/")


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.usefixtures("warmed")
def test_what_is_wrong_is_explained_and_the_last_site_stays(small: Path, serving: Serving) -> None:
    serving.update()
    table = small / "datasets/visits/1.0.0/visits.csv"
    edit(table, "2021-05-03,30", "2021-05-03,many")
    serving.update()
    assert serving.preview.explanation is not None
    assert any("visits.csv" in line for line in serving.preview.explanation["en"])
    assert "Visits" in shown(serving, "/en/datasets/visits/")
    serving.update()  # the same fault again: the downloads of before are still given
    serving.preview.await_made("/data/visits/latest/visits.csv")
    edit(table, "2021-05-03,many", "2021-05-03,30")
    serving.update()
    assert serving.preview.explanation is None


@pytest.mark.thorough
@pytest.mark.usefixtures("warmed")
def test_where_the_host_would_redirect_latest_shows_the_files_of_the_newest_version(
    small: Path, serving: Serving
) -> None:
    catalog = small / "datasets/catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8") + "redirects: [nginx]\n", "utf-8")
    serving.update()
    serving.build_rest()
    found = serving.preview.locate("/data/counts/latest/counts.zip")
    assert found is not None
    assert found.name == "counts-1.1.0.zip"


@pytest.mark.thorough
def test_a_site_that_waits_for_another_build_tries_again(small: Path, serving: Serving) -> None:
    with locked(small / "build"):
        serving.update()
    assert serving.changed.is_set()
    assert serving.preview.explanation
    assert "another build is writing" in serving.preview.explanation["en"][1]


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.usefixtures("warmed")
def test_pages_of_a_publication_that_was_never_built_come_before_its_downloads(small: Path, serving: Serving) -> None:
    for folder in ("package", "newest/package", "charts", "newest/charts"):
        shutil.rmtree(small / "build/cache" / folder, ignore_errors=True)
    serving.recall()
    assert serving.preview.locate("/en/") is None
    serving.begin()
    serving.preview.ask("/en/datasets/counts/")
    serving.show_first()
    assert not (small / "build/cache/package").exists()
    assert "<h1" in shown(serving, "/en/datasets/counts/")
    assert "<svg" in shown(serving, "/en/datasets/counts/summaries/by-place/")
    serving.build_rest()
    assert "counts.zip" in shown(serving, "/en/datasets/counts/")


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.usefixtures("warmed")
def test_a_site_that_another_program_changed_is_not_shown_at_first(
    small: Path, serving: Serving, run: Callable[..., Run]
) -> None:
    assert run("build", "--root", small).status == 0
    (small / "public/index.html").write_text("<body>Not ours</body>")
    serving.recall()
    assert serving.preview.locate("/") is None
