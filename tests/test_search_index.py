"""The search index depends on the pages alone, and not on the disk on which they lie."""

from __future__ import annotations

import gzip
import json
import shutil
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from datagazette.model.errors import EnvironmentFault
from datagazette.search.groups import grouped, join, keep
from datagazette.search.index import ENTRY, SearchedPage, essence, index, joined, searched
from datagazette.search.merging import MARK, read
from tests.conftest import ROOT, tree_hashes

NPM = ROOT / "node_modules"
NAMES = [f"{folder}/{number}" for folder in ("b", "a", "ab", "c") for number in (9, 10, 1)]


def page(name: str, mark: str = "data-pagefind-body") -> str:
    return (
        f'<!doctype html><html lang="en"><head><title>{name}</title></head><body><main {mark}>Word</main></body></html>'
    )


def numbered(folder: Path) -> list[str]:
    """The addresses of the pages, in the order in which the index numbers them."""
    (meta,) = folder.glob("pagefind.en_*.pf_meta")
    table = gzip.decompress(meta.read_bytes())
    places = {}
    for path in (folder / "fragment").iterdir():
        content = gzip.decompress(path.read_bytes())
        url = json.loads(content[content.index(b"{") :])["url"]
        places[table.index(path.stem.encode())] = url
    return [places[place] for place in sorted(places)]


def found(site: Path) -> list[SearchedPage]:
    """The searched pages of a site, as its folders list them."""
    pages = (searched(path.relative_to(site).as_posix(), path.read_text()) for path in site.rglob("*.html"))
    return [page for page in pages if page]


def write(site: Path, *names: str) -> None:
    for name in names:
        (site / name).mkdir(parents=True)
        (site / name / "index.html").write_text(page(name))


def test_pages_are_numbered_by_their_addresses(tmp_path: Path) -> None:
    """Folders list their files in an order of their own, which differs between machines."""
    site = tmp_path / "site"
    write(site, *NAMES)
    (site / "404.html").write_text(page("none", ""))
    index([found(site)], NPM, [tmp_path / "pagefind"])
    assert len(list((tmp_path / "pagefind/fragment").iterdir())) == len(NAMES)
    assert numbered(tmp_path / "pagefind") == [f"/{name}/" for name in sorted(NAMES)]


def test_an_index_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    site, folder = tmp_path / "site", tmp_path / "pagefind"
    write(site, "home")
    folder.write_text("in the way")
    with pytest.raises(EnvironmentFault, match="Pagefind could not index the pages"):
        index([found(site)], NPM, [folder])


def test_an_index_that_lacks_a_page_is_refused(tmp_path: Path) -> None:
    """Pagefind takes the same page given twice for one: here that stands for a page that got lost."""
    write(tmp_path / "site", "home")
    with pytest.raises(EnvironmentFault, match="of 2"):
        index([found(tmp_path / "site") * 2], NPM, [tmp_path / "pagefind"])


def test_what_search_does_not_look_at_is_left_out() -> None:
    meta = '<meta name="search-theme" content="a &gt; b" data-pagefind-filter="theme[content]">'
    whole = (
        f'<!doctype html><html lang="zh-Hans" dir="ltr"><head><title>t</title>{meta}<meta name="x" content="y"></head>'
        "<body><header>menu</header><main id=content data-pagefind-body><p>Word</p></main><footer>end</footer></body>"
    )
    short = essence(whole)
    assert meta in short
    assert "<p>Word</p>" in short
    assert not [part for part in ("menu", "end", "<title>") if part in short]
    assert searched("a.html", whole) == searched("a.html", whole.replace("menu", "another menu"))
    assert searched("a.html", whole) != searched("a.html", whole.replace("Word", "Words"))

    marked_elsewhere = whole.replace("<footer>", '<footer data-pagefind-meta="end">')
    assert essence(marked_elsewhere) == marked_elsewhere, "a page of another build is taken whole"
    assert essence(whole.replace("data-pagefind-body", "")) == ""


def test_what_is_ignored_and_attributes_are_left_out() -> None:
    def short(inside: str) -> str:
        found = essence(f'<html lang="en"><body><main data-pagefind-body>{inside}</main></body></html>')
        return found.partition("data-pagefind-body>")[2].partition("</main>")[0]

    assert short('<h2 id="a" class="b" title="x>y">A<a class="headerlink" href="#a">¶</a></h2>') == (
        '<h2 id="a">A<a class="headerlink">¶</a></h2>'
    )
    ignored = "<div data-pagefind-ignore>{}</div>"
    assert short(f"a{ignored.format('<div>b<p>c</p></div><div>d</div>')}e") == f"a{ignored.format('')}e"
    shown = ignored.format('<b data-pagefind-meta="x">c</b>')
    assert short(shown) == shown, "it says something about the page"
    assert short("a<div data-pagefind-ignore>b<p>c") == "a<div data-pagefind-ignore>b<p>c", "it has no end"
    assert short('a<script>"<div data-pagefind-ignore>"</script>b<!-- <div data-pagefind-ignore> -->c') == "abc"
    assert short("1 < 2 <b>and</b> 'quoted' &lt;") == "1 < 2 <b>and</b> 'quoted' &lt;"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.shipped
def test_the_index_is_that_of_the_whole_pages(own_site: Path, tmp_path: Path, language: str) -> None:
    pages = {one.path: one for one in found(own_site) if one.language == language}
    assert len(pages) > 30
    whole = [replace(one, packed=zlib.compress((own_site / path).read_bytes())) for path, one in pages.items()]
    assert sum(len(one.content) for one in whole) > 3 * sum(len(one.content) for one in pages.values())
    index([list(pages.values()), whole], NPM, [tmp_path / "short", tmp_path / "whole"])
    assert tree_hashes(tmp_path / "short") == tree_hashes(tmp_path / "whole")


def test_languages_share_one_entry(tmp_path: Path) -> None:
    write(tmp_path / "site", "home")
    (tmp_path / "site/chinese.html").write_text(page("chinese").replace('lang="en"', 'lang="zh-Hans"'))
    for one in found(tmp_path / "site"):
        index([[one]], NPM, [tmp_path / one.language])
    entry = json.loads(joined(tmp_path / language / ENTRY for language in ("zh-hans", "en")))
    assert list(entry["languages"]) == ["en", "zh-hans"]
    assert [one["page_count"] for one in entry["languages"].values()] == [1, 1]


def written(folder: Path) -> dict[str, list[bytes]]:
    """What an index says, by the kinds of its files."""
    return {
        kind: sorted(gzip.decompress(path.read_bytes()) for path in folder.rglob(f"*.pf_{kind}"))
        for kind in ("index", "filter", "fragment")
    }


def meta(folder: Path) -> list[Any]:
    """The file that says what there is; of the files of words and filters, what is in them and not their names."""
    (path,) = folder.glob("*.pf_meta")
    version, pages, words, filters, *others = read(gzip.decompress(path.read_bytes()).removeprefix(MARK))
    return [version, pages, [word[:2] for word in words], [name for name, _ in filters], *others]


def in_groups(pages: list[SearchedPage], language: str, work: Path, target: Path) -> int:
    """Writes the index over pages from that of their groups, as a build does; returns how many groups there are."""
    groups = grouped(pages)
    folders = [work / str(number) for number in range(len(groups))]
    index(groups, NPM, folders)
    for number, folder in enumerate(folders):
        keep(folder, with_scripts=number == 0)
    left_out = join(folders, language, target)
    for number, folder in enumerate(folders):
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and (number, name) not in left_out:
                (target / name).parent.mkdir(exist_ok=True)
                shutil.copy(path, target / name)
    return len(groups)


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.shipped
def test_the_index_of_groups_is_byte_for_byte_that_of_all_pages(own_site: Path, tmp_path: Path, language: str) -> None:
    pages = [page for page in found(own_site) if page.language == language]
    assert in_groups(pages, language, tmp_path / "groups", tmp_path / "joined") > 1
    index([pages], NPM, [tmp_path / "whole"])
    joined, whole = tmp_path / "joined", tmp_path / "whole"
    assert written(joined) == written(whole)
    assert meta(joined) == meta(whole)
    assert {path.name for path in joined.iterdir()} - {path.name for path in whole.iterdir()} == {
        path.name for path in joined.glob("*.pf_meta")
    }


def test_words_filters_and_writings_of_all_groups_are_in_the_joined_index(tmp_path: Path) -> None:
    """Also a word that some pages have with an accent alone, and lists and places that take several bytes."""
    site = tmp_path / "site"
    write(site, *(f"p{number}" for number in range(300)))
    for number, path in enumerate(sorted(site.rglob("*.html"))):
        text = "café " * (number % 7) + "cafe " * (number % 3 == 0) + "many " * 400 * (number % 50 == 0) + f"w{number}"
        kind = f'<p data-pagefind-filter="kind">{"ab"[number % 2]}</p>'
        path.write_text(path.read_text().replace("Word", f"{kind}{text} naïve" if number == 9 else f"{kind}{text}"))
    assert in_groups(found(site), "en", tmp_path / "groups", tmp_path / "joined") > 4
    index([found(site)], NPM, [tmp_path / "whole"])
    assert written(tmp_path / "joined") == written(tmp_path / "whole")
    assert meta(tmp_path / "joined") == meta(tmp_path / "whole")


def test_one_page_less_changes_few_groups(tmp_path: Path) -> None:
    pages = [SearchedPage(f"datasets/d{number:04}/index.html", "en", str(number), b"") for number in range(500)]
    before = grouped(pages)
    assert [page for group in before for page in group] == pages
    assert len(before) > 8
    for number in (0, 250, 499):
        after = grouped([page for page in pages if page is not pages[number]])
        assert len(set(before) - set(after)) <= 4


def test_texts_of_two_pages_that_are_called_alike_are_both_in_the_joined_index(tmp_path: Path) -> None:
    """Pagefind names them by few letters of a hash, and looks for others of that name among the pages it is given."""
    write(tmp_path / "site", "a", "b")
    folders = [tmp_path / page.path.partition("/")[0] for page in found(tmp_path / "site")]
    index([[page] for page in found(tmp_path / "site")], NPM, folders)
    for folder in folders:
        keep(folder, with_scripts=True)
        (text,) = (folder / "fragment").iterdir()
        text.rename(text.with_name("en_0000000.pf_fragment"))
        kept = (folder / "group").read_bytes()
        (folder / "group").write_bytes(kept.replace(text.stem.encode(), b"en_0000000"))
    left_out = join(folders, "en", tmp_path / "joined")
    assert (1, "fragment/en_0000000.pf_fragment") in left_out
    assert (0, "fragment/en_0000000.pf_fragment") not in left_out
    (other,) = (tmp_path / "joined/fragment").iterdir()
    assert other.read_bytes() == (folders[1] / "fragment/en_0000000.pf_fragment").read_bytes()
    assert [name for name, *_ in meta(tmp_path / "joined")[1]] == ["en_0000000", other.stem]


def test_an_index_of_another_form_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "site", "home")
    index([found(tmp_path / "site")], NPM, [tmp_path / "pagefind"])
    (path,) = (tmp_path / "pagefind").glob("*.pf_meta")
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"1.6.0", b"1.7.0")))
    with pytest.raises(EnvironmentFault, match=r"Pagefind 1\.7\.0"):
        keep(tmp_path / "pagefind", with_scripts=True)
