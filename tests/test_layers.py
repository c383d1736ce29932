"""A publication lays its files over the program's own: one colour, one partial, one word, one page is enough."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import yaml

from datagazette.build.fingerprints import tree_digest
from datagazette.build.site_check import SiteCheck, _former, check_site, site_files
from datagazette.commands.watching import Watch
from datagazette.describe.neutral_pages import neutral_page
from datagazette.files import overlaid
from datagazette.home import HOME, is_former
from datagazette.load.publication import load_publication
from datagazette.messages import LANGUAGES
from datagazette.model.errors import EnvironmentFault
from datagazette.model.names import Version
from datagazette.model.problems import codes, general_fix, kind, message
from datagazette.model.publication import Catalog, Contact, Dataset, Publication, Release
from datagazette.model.text import Text
from datagazette.pages import read_strings, render_overview
from datagazette.pages.render import has_problems_page
from datagazette.pages.strings import untranslated
from datagazette.publish import assets, mkdocs_run
from tests.conftest import PUBLICATIONS, Run, once, publish
from tests.pages import sample

PLACEHOLDER = re.compile(r"\$[A-Za-z]\w*")
COLOURS = ":root {\n  --accent: #5b2a86;\n  --accent-strong: #431d66;\n}\n"


def write(root: Path, file: str, content: str) -> Path:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


def publication_at(root: Path) -> Publication:
    """The small publication, which is read once, or what became of it at `root`."""
    catalogues = [folder / "datasets/catalog.yaml" for folder in (root, PUBLICATIONS / "small")]
    if catalogues[0].read_bytes() == catalogues[1].read_bytes():
        return replace(_unchanged(), root=root)
    publication = load_publication(root).publication
    assert publication is not None
    return publication


@cache
def _unchanged() -> Publication:
    publication = load_publication(PUBLICATIONS / "small").publication
    assert publication is not None
    return publication


def checked(root: Path) -> SiteCheck:
    return check_site(publication_at(root), site_files(root))


def catalog(root: Path) -> Catalog:
    return publication_at(root).catalog


def set_catalog(root: Path, **values: object) -> None:
    path = root / "datasets/catalog.yaml"
    described = yaml.safe_load(path.read_text("utf-8")) | values
    path.write_text(yaml.safe_dump(described, allow_unicode=True, sort_keys=False), "utf-8")


# --- one file, one word


def bundled(root: Path, tmp_path: Path, look: assets.Look | None = None) -> str:
    files, target = site_files(root), tmp_path / "bundle"
    made = assets.bundle(
        files.assets, mkdocs_run.theme_stylesheet(), files.node_modules, target, ("en",), look or assets.Look()
    )
    return (target / made.version / "site.css").read_text("utf-8")


@pytest.mark.thorough
def test_five_lines_with_a_colour_leave_all_other_colours_and_styles(small: Path, tmp_path: Path) -> None:
    before = bundled(small, tmp_path)
    write(small, "site/assets/tokens.css", COLOURS)
    after = bundled(small, tmp_path)
    assert after.replace(":root{--accent: #5b2a86;--accent-strong: #431d66}", "", 1) == before
    assert after.rindex("--accent: #5b2a86") > after.index("--accent: #0b6e75")


@pytest.mark.thorough
def test_tokens_of_the_publication_have_the_last_word_after_its_brand(small: Path, tmp_path: Path) -> None:
    write(small, "site/assets/tokens.css", ":root { --ink: #123; }\n")
    look = assets.Look(tokens=":root { --ink: #456; }\n")
    style = bundled(small, tmp_path, look)
    assert style.index("#1b2126") < style.index("--ink: #456") < style.index("--ink: #123")


@pytest.mark.thorough
def test_a_whole_copy_of_the_colours_is_the_same_site(small: Path, tmp_path: Path) -> None:
    whole = (HOME / "site/assets/tokens.css").read_text("utf-8")
    write(small, "site/assets/tokens.css", whole.replace("#0b6e75", "#5b2a86"))
    style = bundled(small, tmp_path)
    assert style.rindex("--accent: #5b2a86") > style.rindex("--accent: #0b6e75")


def test_an_untouched_copy_of_what_the_program_once_had_gives_way_to_what_it_has_now(tmp_path: Path) -> None:
    ours = HOME / "site/overrides"
    copied = {name: path for name, path in overlaid([ours]).items() if is_former(f"overrides/{name}", path)}
    assert copied
    for name, path in copied.items():
        write(tmp_path, f"own/overrides/{name}", path.read_text("utf-8"))
        write(tmp_path, f"now/overrides/{name}", "of today")
    folders = [tmp_path / "own/overrides", tmp_path / "now/overrides"]
    assert {path.read_text("utf-8") for path in overlaid(folders).values()} == {"of today"}
    edited = write(tmp_path, f"own/overrides/{min(copied)}", "{# ours #}\n")
    assert overlaid(folders)[min(copied)] == edited


def test_untouched_copies_of_an_earlier_program_are_named_and_no_fault(small: Path) -> None:
    templates = HOME / "site/templates"
    name = next(name for name, path in overlaid([templates]).items() if is_former(f"templates/{name}", path))
    files = site_files(small)
    write(small, f"site/templates/{name}", (templates / name).read_text("utf-8"))
    assert not [remark for remark in checked(small).remarks if remark.key == "former-copies"], "it is that of today"
    now = write(small, f"program/templates/{name}", "of today")
    (remark,) = _former(small, replace(files, templates=(files.templates[0], now.parent)))
    assert dict(remark.values) == {"count": "1", "file": f"site/templates/{name}"}


@pytest.mark.thorough
def test_a_picture_in_a_folder_of_assets_is_published_at_its_path(small: Path, tmp_path: Path) -> None:
    write(small, "site/assets/pictures/harbour.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    bundled(small, tmp_path)
    assert (tmp_path / "bundle/pictures/harbour.svg").is_file()
    write(small, "site/pages/en/odd.md", "# x\n\n![a](../../assets/site/pictures/harbour.svg)\n")
    assert not [one for one in checked(small).problems if one.severity == "error"]


def test_one_word_is_changed_and_all_others_stay(small: Path) -> None:
    write(small, "site/strings/en.yaml", "frame:\n  tab_about: Who we are\n")
    files = site_files(small)
    strings, before = (read_strings(folders, ["en"])["en"] for folders in (files.strings, files.strings[1:]))
    assert strings["frame.tab_about"] == "Who we are"
    assert {key for key in before.values if strings[key] != before[key]} == {"frame.tab_about"}
    assert checked(small).problems == ()


@pytest.mark.parametrize("content", ["", "# frame:\n#   tab_about: Who we are\n"])
def test_a_file_of_words_with_nothing_but_comments_changes_nothing(small: Path, content: str) -> None:
    write(small, "site/strings/en.yaml", content)
    assert checked(small).problems == ()


def test_a_word_may_be_misspelt_by_its_placeholder_or_by_its_key(small: Path) -> None:
    write(small, "site/strings/en.yaml", "frame:\n  tab_abuot: Who we are\ndataset:\n  release: Release $verison\n")
    found = {one.code: one for one in checked(small).problems if dict(one.values).get("rule") != "lost"}
    assert dict(found["words-unknown"].values) == {"key": "frame.tab_abuot", "near": "frame.tab_about"}
    assert (found["words-unknown"].line, found["words-unknown"].severity) == (2, "warning")
    assert found["words-placeholder"].severity == "error"


def test_one_form_of_a_counted_word_may_do_without_the_number(small: Path) -> None:
    write(small, "site/strings/en.yaml", "count:\n  rows: {one: a single row}\n")
    assert checked(small).problems == ()


def test_what_is_rebuilt_follows_each_layer_and_pages_of_the_program_are_neutral_alone(small: Path) -> None:
    files = site_files(small)
    assert HOME / "site/pages" not in files.layers
    seen = {tree_digest(*files.layers)}
    for file in ("assets/tokens.css", "overrides/partials/mark.html", "strings/en.yaml", "templates/home.html",
                 "pages/en/x.md", "../mkdocs.yml"):  # fmt: skip
        write(small, f"site/{file}", "")
        seen.add(tree_digest(*site_files(small).layers))
    assert len(seen) == 7


def test_names_of_regions_and_kinds_of_notes_are_a_publications_own(small: Path) -> None:
    write(small, "site/strings/en.yaml", "region:\n  DK-84: The capital region\nnote:\n  rounded: Rounded\n")
    assert checked(small).problems == ()


@pytest.mark.sample(1)
@pytest.mark.parametrize(("language", "name", "direction"), [("nb", "norsk bokmål", "ltr"), ("he", "עברית", "rtl")])
def test_a_language_without_strings_is_english_text_by_text(
    small: Path, language: str, name: str, direction: str
) -> None:
    write(small, f"site/strings/{language}.yaml", 'frame:\n  tab_datasets: Data\ncount:\n  rows: {other: "$n r"}\n')
    set_catalog(small, languages=["zh", "en", language])
    folders = site_files(small).strings
    strings = read_strings(folders, [language])[language]
    assert (strings.name, strings.direction, strings["frame.html_lang"]) == (name, direction, language)
    assert (strings["frame.tab_datasets"], strings["frame.tab_changes"]) == ("Data", "Changes")
    assert (strings.plural("count.rows", 1, n=1), strings.plural("count.tables", 1, n=1)) == ("1 r", "1 table")
    (remark,) = (one for one in checked(small).remarks if one.key == "untranslated")
    values = dict(remark.values)
    assert values == {
        "language": language, "file": f"site/strings/{language}.yaml", "count": str(untranslated(folders, language)),
    }  # fmt: skip
    assert int(values["count"]) > 400
    assert not [one for one in checked(small).problems if one.code.startswith("words")]


def test_a_language_with_a_region_has_the_texts_of_the_language_where_they_are_written_alike(small: Path) -> None:
    write(small, "site/strings/en-GB.yaml", "frame:\n  tab_about: Who we are\n")
    folders = site_files(small).strings
    found = read_strings(folders, ["en-GB", "en-US", "zh-TW", "zh-CN"])
    assert [untranslated(folders, language) for language in ("en-GB", "zh-CN", "en-US")] == [0, 0, 0]
    assert untranslated(folders, "zh-TW") > 400
    assert (found["en-GB"]["frame.tab_about"], found["en-US"]["frame.tab_about"]) == ("Who we are", "About")
    assert [str(strings.locale) for strings in found.values()] == ["en_GB", "en_US", "zh_Hant_TW", "zh_Hans_CN"]
    assert found["zh-CN"]["language.compact_units"] == read_strings(folders, ["zh"])["zh"]["language.compact_units"]
    assert neutral_page("about", "zh-CN", catalog(small)).startswith(neutral_page("about", "zh", catalog(small))[:50])
    assert "About this site" in neutral_page("about", "zh-TW", catalog(small))


def test_settings_of_the_site_are_laid_over_ours_key_by_key(small: Path) -> None:
    ours = (HOME / "mkdocs.yml").read_text("utf-8")
    for own in ("markdown_extensions:\n  pymdownx.tasklist: {}\n", "markdown_extensions:\n  - pymdownx.tasklist\n"):
        write(small, "mkdocs.yml", own)
        write(small, "site/pages/en/odd.md", "# x\n\n!!! note\n    A box.\n")
        assert not [one for one in checked(small).problems if one.severity == "error"]
        laid = mkdocs_run.laid_settings(own, ours)
        names = [key.value for key, value in _mapping(laid, "markdown_extensions")]
        assert names[-1] == "pymdownx.tasklist"
        assert {"admonition", "toc", "footnotes"} <= set(names)
        assert "!!python/object/apply:pymdownx.slugs.slugify" in laid


def _mapping(text: str, name: str) -> list[tuple[yaml.Node, yaml.Node]]:
    node = next(value for key, value in yaml.compose(text).value if key.value == name)
    assert isinstance(node.value, list)
    return node.value


# --- what is there for nothing


UNUSED = {
    "site/asset/tokens.css": ("site/asset", "folder", "assets"),
    "site/overrides/partial/mark.html": ("site/overrides/partial/mark.html", "", "partials/mark.html"),
    "site/overrides/mark.html": ("site/overrides/mark.html", "", "partials/mark.html"),
    "site/assets/tokens.ccs": ("site/assets/tokens.ccs", "", "tokens.css"),
    "site/assets/token.css": ("site/assets/token.css", "", "tokens.css"),
    "site/assets/styles/tokens.css": ("site/assets/styles/tokens.css", "", "tokens.css"),
    "site/assets/sites.js": ("site/assets/sites.js", "", "site.js"),
    "site/templates/hme.html": ("site/templates/hme.html", "", "home.html"),
    "site/strings/eng.yaml": ("site/strings/eng.yaml", "language", "en.yaml"),
    "site/tokens.css": ("site/tokens.css", "", "assets/tokens.css"),
    "site/elsewhere/x.txt": ("site/elsewhere", "folder", ""),
}


@pytest.mark.sample(4)
@pytest.mark.parametrize("file", UNUSED)
def test_a_file_that_replaces_nothing_is_named_with_what_was_meant(small: Path, file: str) -> None:
    write(small, file, "")
    (found,) = checked(small).problems
    place, rule, near = UNUSED[file]
    assert (found.code, found.severity, found.file) == ("site-file-unused", "warning", place)
    assert (dict(found.values)["rule"], dict(found.values)["near"]) == (rule, near)
    for language in LANGUAGES:
        assert place in message(found, language)
        assert near in message(found, language)


def test_a_file_that_another_one_names_is_used(small: Path) -> None:
    write(small, "site/overrides/main.html", '{% include "partials/announcement.html" %}')
    write(small, "site/overrides/partials/announcement.html", "<p>x</p>")
    write(small, "site/overrides/wide.html", '{% extends "main.html" %}')
    write(small, "site/assets/styles/home.css", '@import "./harbour.css";')
    write(small, "site/assets/styles/harbour.css", "main { color: red; }")
    write(small, "site/assets/count.js", "0;")
    write(small, "site/assets/map/main.js", "0;")
    write(small, "site/assets/.DS_Store", "")
    write(small, "site/marks/dark.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')
    set_catalog(small, brand={"logo": "site/marks/dark.svg"})
    for language in ("zh", "en"):
        write(small, f"site/pages/{language}/odd.md", "---\ntitle: x\ntemplate: wide.html\n---\n\nx\n")
    assert checked(small).problems == ()


def test_a_link_that_leads_out_of_the_publication_is_not_followed(small: Path, tmp_path: Path) -> None:
    secret = write(tmp_path, "secret.svg", "x")
    (small / "site/assets").mkdir(parents=True)
    (small / "site/assets/logo.svg").symlink_to(secret)
    assert [(one.code, one.file) for one in checked(small).problems] == [("path-unsafe", "site/assets/logo.svg")]


@pytest.mark.parametrize("part", ["templates/home.html", "overrides/partials/mark.html"])
def test_a_template_that_cannot_be_read_is_named_with_its_line(small: Path, part: str) -> None:
    write(small, f"site/{part}", "<p>\n{% if x %}\n")
    (found,) = checked(small).problems
    assert (found.code, found.file, found.line) == ("template-syntax", f"site/{part}", 2)


@pytest.mark.parametrize("fault", ["{{ nothing.here }}", '{{ say("nothing") }}', '{% include "nothing.html" %}'])
def test_a_template_that_fails_is_named_with_its_line(small: Path, fault: str) -> None:
    write(small, "site/templates/home.html", f"<p>\n{fault}\n")
    content = replace(sample.content(), templates=site_files(small).templates)
    with pytest.raises(EnvironmentFault) as raised:
        next(render_overview(content))
    for language in LANGUAGES:
        assert "site/templates/home.html:2" in raised.value.text(language)
        assert "nothing" in raised.value.text(language)


@pytest.mark.thorough
def test_a_style_sheet_that_cannot_be_read_is_named_as_the_publication_calls_it(small: Path, tmp_path: Path) -> None:
    for file, content in (("tokens.css", ":root {\n  --ink: #123;\n p {"), ("site.js", 'import "./nothing.js";\n')):
        path = write(small, f"site/assets/{file}", content)
        with pytest.raises(EnvironmentFault) as raised:
            bundled(small, tmp_path)
        assert f"site/assets/{file}:" in str(raised.value)
        path.unlink()


# --- neutral pages


@pytest.mark.parametrize("name", ["about", "cite", "contribute", "accessibility"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_neutral_pages_are_filled_and_say_nothing_of_one_publication(small: Path, name: str, language: str) -> None:
    text = neutral_page(name, language, catalog(small))
    assert not PLACEHOLDER.search(text)
    for word in ("Excel", "newspaper", "China", "报纸", "中国"):
        assert word not in text
    if name != "cite":
        assert catalog(small).publisher.title.get(language) in text
        assert "[data@example.org](<mailto:data@example.org>)" in text


def test_what_the_catalogue_lacks_is_left_out_of_neutral_pages(small: Path) -> None:
    bare = replace(catalog(small), contact=None, licenses=(), description=Text())
    text = neutral_page("about", "en", bare, ())
    assert "Where to write" not in text
    assert "## Licence" not in text
    assert "figures/" not in text
    assert "- [Datasets](../datasets/index.md)" in text
    assert "## Found an error?" in text
    of_page = replace(bare, contact=Contact(Text((("en", "Corrections"),)), "about/#errors"))
    assert "Corrections" not in neutral_page("about", "en", of_page)
    assert "[Corrections](<../about/#errors>)" in neutral_page("contribute", "en", of_page)
    form = replace(bare, contact=Contact(Text((("en", "Form"),)), "https://forms.example.org/?page={page}"))
    assert "?page=https%3A%2F%2Fsmall.example.org%2Fdata%2Fen%2Fabout%2F>" in neutral_page("about", "en", form)


def test_a_title_with_markup_is_shown_as_it_was_written(small: Path) -> None:
    publisher = replace(catalog(small).publisher, title=Text((("en", "<b>[R&D]*_ `x`"),)))
    text = neutral_page("about", "en", replace(catalog(small), publisher=publisher))
    assert r"&lt;b>\[R&amp;D\]\*\_ \`x\`" in text
    bait = replace(publisher, path='https://x.example/"><script>)')
    text = neutral_page("about", "en", replace(catalog(small), publisher=bait))
    assert "](<https://x.example/%22%3E%3Cscript%3E)>)" in text
    described = replace(catalog(small), description=Text((("en", "Trees {onclick=alert(1)}"),)))
    assert "\nTrees \\{onclick=alert(1)}\n" in neutral_page("about", "en", described)


def test_neutral_pages_take_the_place_of_pages_that_are_missing_and_of_no_others(small: Path) -> None:
    set_catalog(small, languages=["zh", "en", "nb"])
    write(small, "site/pages/en/about.md", "# Us\n")
    found = checked(small)
    pages = {(page.language, page.address): page for page in found.pages}
    assert len(pages) == 9
    assert "Us" in pages["en", "about/"].body
    assert "关于" in pages["zh", "about/"].body
    assert (pages["nb", "about/"].front["spoken"], "spoken" in pages["zh", "about/"].front) == ("en", False)
    (remark,) = (one for one in found.remarks if one.key == "neutral-pages")
    assert dict(remark.values) == {
        "pages": "about (zh, nb), cite, contribute", "file": "site/pages/zh/about/index.md",
    }  # fmt: skip
    assert [dict(one.values)["language"] for one in found.problems] == ["zh", "nb"]


@pytest.mark.thorough
def test_a_publication_may_leave_neutral_pages_out(small: Path) -> None:
    set_catalog(small, neutralPages=["about"])
    pages = checked(small).pages
    assert {page.address for page in pages} == {"about/"}
    assert not any("contribute/" in page.body for page in pages)
    set_catalog(small, neutralPages=[])
    assert (checked(small).pages, checked(small).remarks) == ((), ())
    set_catalog(small, neutralPages=["abuot"])
    (found,) = (one for one in load_publication(small).problems if one.severity == "error")
    assert (found.code, dict(found.values)["near"]) == ("neutral-page-unknown", "about")


# --- the page of problems


def test_the_page_of_problems_is_published_where_it_is_asked_for_or_was_before(small: Path) -> None:
    empty = replace(catalog(small), problems_page=False)
    version = Version(1, 0, 0)

    def released(day: date | None) -> Publication:
        release = Release("x", version, "", "released", Text(), Text(), ("en",), date=day)
        return Publication(small, empty, (Dataset("x", (release,)),))

    assert has_problems_page(released(date(2026, 11, 28)))
    assert not has_problems_page(released(date(2026, 11, 29)))
    assert not has_problems_page(released(None))
    assert has_problems_page(Publication(small, replace(empty, problems_page=True), ()))


def test_the_page_of_problems_has_no_names_of_placeholders() -> None:
    for language in LANGUAGES:
        for code in codes():
            about = kind(code, language)
            said = (about.title, about.meaning, general_fix(code, language))
            assert not [text for text in said if PLACEHOLDER.search(text)], code


# --- the first folder


@pytest.mark.thorough
def test_a_folder_without_a_catalogue_is_said_how_to_begin(tmp_path: Path, run: Callable[..., Run]) -> None:
    (tmp_path / "datasets/trees").mkdir(parents=True)
    done = run("check", "--root", tmp_path)
    assert done.status == 1
    assert "no catalog.yaml" in done.out
    assert " init" in done.out
    write(tmp_path, "datasets/catalog.yaml", "description: Trees\n")
    done = run("check", "--root", tmp_path)
    for example in ("name: open-data", "title: …", "publisher: {title: …}", "baseUrl: https://data.example.org/"):
        assert example in done.out


# --- all of it on a site


@pytest.fixture(scope="session")
def laid_site(shared: Path) -> Path:
    """The small publication without figures and sources, in English, with one file of each kind of its own."""

    def make(root: Path) -> None:
        shutil.copytree(PUBLICATIONS / "small", root)
        write(root, "site/assets/tokens.css", COLOURS)
        write(root, "site/overrides/partials/mark.html", "<svg class='brand__mark'><title>Our mark</title></svg>")
        head = (HOME / "site/overrides/partials/head.html").read_text("utf-8")
        write(root, "site/overrides/partials/head.html", re.sub(r"{% set texts = .*\n(.*\n){3}", "", head))
        write(root, "site/strings/en.yaml", "frame:\n  tab_about: Who we are\n")
        write(root, "site/pages/en/about.md", "# Who we are\n\n[Cite](../cite/) us.\n")
        set_catalog(root, neutralPages=["cite"])

    root = once(shared / "laid", make)
    return once(shared / "site-laid", lambda site: publish(root, site))


@pytest.mark.thorough
@pytest.mark.slow
def test_a_site_has_what_the_publication_changed_and_links_to_no_page_that_is_not_there(laid_site: Path) -> None:
    home = (laid_site / "en/index.html").read_text("utf-8")
    assert "<title>Our mark</title>" in home
    assert ">Who we are</a>" in home
    assert "contribute/" not in home
    assert 'href="cite/"' in home
    assert ">About this site</a>" not in (laid_site / "index.html").read_text("utf-8")
    assert 'href="about/"' not in (laid_site / "index.html").read_text("utf-8")
    (style,) = (laid_site / "assets/site").glob("*/site.css")
    assert {"--accent: #5b2a86", "--ink: #1b2126"} <= set(re.findall(r"--[\w-]+: #\w+", style.read_text("utf-8")))
    assert not (laid_site / "contribute").exists()


@pytest.mark.thorough
def test_a_head_from_the_time_before_files_of_texts_has_the_texts_that_scripts_need(laid_site: Path) -> None:
    for page, names in (
        ("en/index.html", ["words"]),
        ("en/datasets/counts/explore/index.html", ["words", "explore-words"]),
    ):
        text = (laid_site / page).read_text("utf-8")
        assert re.findall(r"([\w-]*words)\.en\.js", text) == names
        assert text.index("words.en.js") < text.index("/site.js")


@pytest.mark.thorough
def test_a_folder_of_the_site_that_is_made_while_it_is_shown_is_watched(small: Path) -> None:
    changed = threading.Event()
    watch = Watch(small, changed)
    watch.renew()
    watch.observer.start()
    try:
        for file in ("site/strings/en.yaml", "site/assets/tokens.css", "mkdocs.yml"):
            changed.clear()
            write(small, file, "")
            assert changed.wait(60), file
            watch.renew()
    finally:
        watch.observer.stop()
        watch.observer.join()
