"""What maintainers write under `site/` is read like data: each fault with its file, its line and how to fix it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from datagazette.build.site_check import check_site, site_files
from datagazette.load.publication import load_publication
from datagazette.messages import LANGUAGES
from datagazette.model.problems import Problem, fix, has_errors, message
from datagazette.reports.problem_list import text_report
from tests.conftest import PUBLICATIONS, ROOT, Run

PAGE = "site/pages/en/odd/index.md"
TOLD = re.compile(r"\$\w")


def write(root: Path, file: str, content: str | bytes) -> Path:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def found(root: Path) -> list[Problem]:
    """What the check of the site says, which can be printed in every language."""
    loaded = load_publication(root)
    assert loaded.publication is not None
    whole = not has_errors(loaded.problems)
    problems = check_site(loaded.publication, site_files(root), is_whole=whole).problems
    for one in problems:
        said = [(message(one, language), fix(one, language)) for language in LANGUAGES]
        assert said[0] != said[1]
        assert not [text for pair in said for text in pair if TOLD.search(text) and one.code != "words-placeholder"]
        assert [line for line in text_report([one], "zh") if one.file in line.text]
    return list(problems)


def shown(root: Path, severity: str = "error") -> list[tuple[str, str, int | None]]:
    return [(one.code, one.file, one.line) for one in found(root) if one.severity == severity]


@pytest.mark.parametrize("root", [ROOT, PUBLICATIONS / "small", PUBLICATIONS / "nasty"])
def test_there_is_no_false_alarm(root: Path) -> None:
    assert found(root) == []


FRONT = {
    "no yaml": ("---\ntitle: [\n---\n# x\n", "yaml-syntax", 3),
    "a tag": ("---\n\na: !!python/object/apply:os.system [id]\n---\n# x\n", "yaml-syntax", 3),
    "a bomb": ("---\na: &a [x, x]\nb: [*a, *a]\n---\n# x\n", "yaml-alias", 2),
    "deep": ("---\na: " + "[" * 1_000 + "\n---\n# x\n", "yaml-too-deep", 2),
    "no mapping": ("---\nonly words\n---\n# x\n", "page-front-matter", 1),
    "no end": ("---\ntitle: x\n\n# x\n", "page-front-matter", 1),
    "a title that is no text": ("---\ndescription: x\ntitle: [a]\n---\n", "wrong-type", 3),
    "a word for true": ("---\ntitle: x\nnoindex: maybe\n---\n", "wrong-type", 3),
    "a misspelt key": ("---\ntitel: x\n---\n# x\n", "unknown-key", 2),
    "a key of the program's": ("---\ntitle: x\nlanguages: [fr]\n---\n", "page-key-taken", 3),
    "a template": ("---\ntitle: x\ntemplate: nope.html\n---\n", "page-template-missing", 1),
    "no date": ("---\ntitle: x\nmodified: soon\n---\n", "not-a-date", 3),
    "a control character in a title": ('---\ntitle: "x\\e[2J"\n---\n', "yaml-control-character", 2),
    "a control character": ("---\ntitle: x\n---\n\na\x02b\n", "yaml-control-character", 5),
    "another encoding": ("---\ntitle: x\n---\n\n# 页面\n".encode("gb18030"), "page-encoding", 5),
    "too large": ("# x\n\n" + "word " * 1_100_000, "file-too-large", None),
}


@pytest.mark.parametrize("name", FRONT)
def test_a_page_that_cannot_be_read(small: Path, name: str) -> None:
    content, code, line = FRONT[name]
    write(small, PAGE, content)
    assert shown(small) == [(code, PAGE, line)]


@pytest.mark.parametrize("content", [
    "\ufeff---\r\ntitle: 2021\r\nmodified: 2021-05-01\r\nhide: [toc]\r\n---\r\n",
    "---\ntitle: x\n...\ny\n", "---\n---\n# x\n",
    "---\ntitle: x\n---", "\n---\n\n# x\n",
])  # fmt: skip
def test_front_matter_as_people_write_it(small: Path, content: str) -> None:
    for language in LANGUAGES:
        write(small, f"site/pages/{language}/odd.md", content)
    publication = load_publication(small).publication
    assert publication is not None
    checked = check_site(publication, site_files(small))
    assert [one for one in checked.problems if "odd" in one.file] == []
    page = next(one for one in checked.pages if one.path == "odd.md")
    assert "title" not in page.body
    assert page.front or "# x" in page.body


BROKEN = {
    "[a](http://[)": ("page-link-malformed", ""),
    "<a href='https:///x'>a</a>": ("page-link-malformed", ""),
    "[a](https://a.example:99999/)": ("page-link-malformed", ""),
    "[a](javascript:alert(1))": ("page-link-scheme", ""),
    "[a](file:///etc/passwd)": ("page-link-scheme", ""),
    "[a](../nowhere.md)": ("page-link-broken", ""),
    "[a](../nowhere/)": ("page-link-broken", ""),
    "<a href='../nowhere/'>a</a>": ("page-link-broken", ""),
    "<a href='../figures/index.md'>a</a>": ("page-link-broken", "../figures/"),
    "[a](https://small.example.org/data/nowhere/)": ("page-link-broken", ""),
    "[a](/data/nowhere/)": ("page-link-broken", ""),
    "[a][x]\n\n[x]: ../nowhere.md": ("page-link-broken", ""),
    "[a](../odd/indx.md)": ("page-link-broken", "index.md"),
    "[a](../figures.md)": ("page-link-broken", "../figures/"),
    "[a](../datasets/counts/index.md)": ("page-link-broken", "../datasets/counts/"),
    "[a](../datasets/count/)": ("page-link-broken", ""),
    "[a](../data/counts/latest/counts.csv)": ("page-link-broken", "../../data/counts/latest/counts.csv"),
    "![a](nothing.png)": ("page-link-broken", ""),
    "![a](../../assets/site/nothing.png)": ("page-link-broken", ""),
    "![a](https://elsewhere.example/x.png)": ("page-picture-elsewhere", ""),
}
FINE = (
    "[a](../figures/index.md) [b](../figures/) [c](../figures) [d](index.md) [e](#x) [f](?y) [g](../index.md) [h](../)",
    "[a](../datasets/counts/) [b](../datasets/counts/1.0.0/) [c](../datasets/counts/explore/?table=counts#row)",
    "[a](../../data/counts/latest/counts.csv) [b](../../catalog.json) [c](../feed.xml) [d](../../odd/) [e](/beside/)",
    "[a](https://elsewhere.example/) [b](mailto:a@example.org) <c@example.org> [d](tel:+861012345)",
    "![a](data:image/png;base64,AA)",
    "![a](../../assets/site/favicon.svg) [b](../../assets/og/whatever.png) [c](https://small.example.org/data/en/odd/)",
    "`[a](../nowhere.md)`\n\n```\n[a](../nowhere.md)\n```\n\n<!-- [a](../nowhere.md) -->",
)


@pytest.mark.parametrize("written", BROKEN)
def test_a_link_that_leads_nowhere(small: Path, written: str) -> None:
    code, near = BROKEN[written]
    write(small, "site/pages/zh/odd/index.md", "# x\n")
    write(small, PAGE, f"---\ntitle: x\n---\n\nwords\n\n{written}\n")
    (one,) = (one for one in found(small) if one.severity == "error")
    assert (one.code, one.file) == (code, PAGE)
    assert one.line == 7 + 2 * ("][" in written)
    assert dict(one.values).get("near", "") == near


@pytest.mark.parametrize("written", FINE)
def test_links_that_lead_somewhere_or_that_nobody_can_know(small: Path, written: str) -> None:
    write(small, "site/pages/zh/odd/index.md", "# x\n")
    write(small, PAGE, f"# x\n\n{written}\n")
    assert [one for one in found(small) if one.file == PAGE] == []


def test_links_to_a_dataset_at_fault(small: Path) -> None:
    """What is wrong with its tables is reported, and no word of the page."""
    (small / "datasets/counts/1.1.0/counts.csv").unlink()
    write(small, "datasets/visits/1.0.0/visits.csv", b"\xff\x00,\n")
    write(small, "site/pages/en/odd.md", "# x\n\n[a](../datasets/counts/) [b](../../data/counts/latest/counts.csv)\n")
    write(small, "site/pages/zh/odd.md", "# x\n\n[a](../datasets/visits/1.0.0/) [b](../data/visits/1.0.0/visits.csv)\n")
    assert shown(small) == []


@pytest.mark.parametrize("address", ["http://[", "small.example.org", ""])
def test_links_of_a_site_that_stands_nowhere(small: Path, address: str) -> None:
    catalog = small / "datasets/catalog.yaml"
    text = catalog.read_text("utf-8").replace("baseUrl: https://small.example.org/data/", f'baseUrl: "{address}"')
    catalog.write_text(text, "utf-8")
    write(small, "site/pages/en/odd.md", "# x\n\n[a](/x) [b](//b.example/) [c](../nowhere.md)\n")
    assert [one[:2] for one in shown(small)] == [("page-link-broken", "site/pages/en/odd.md")]


def test_a_link_to_a_draft(small: Path) -> None:
    write(small, "site/pages/en/odd.md", "# x\n\n[a](../datasets/visits/)\n")
    assert ("page-link-draft", "site/pages/en/odd.md", 3) in shown(small, "warning")
    assert shown(small) == []


@pytest.mark.parametrize(
    ("file", "rule"),
    [("en/datasets/index.md", "generated"), ("en/figures.md", "generated"), ("zh/index.md", "generated"),
     ("en/datasets/counts/index.md", "generated"), ("zh/en/odd.md", "folder"), ("zh/data/index.md", "folder"),
     ("en/templates/odd.md", "folder"), ("en/odd/README.md", "readme"), ("en/odd/index.md", "")],
)  # fmt: skip
def test_an_address_that_is_taken(small: Path, file: str, rule: str) -> None:
    write(small, f"site/pages/{file}", "# x\n")
    if not rule:
        write(small, "site/pages/en/odd.md", "# x\n")
        file = "en/odd/index.md"
    (one,) = (one for one in found(small) if one.severity == "error")
    files = {"site/pages/en/odd.md", f"site/pages/{file}"} if not rule else {f"site/pages/{file}"}
    assert one.code == "page-address-taken"
    assert one.file in files
    assert dict(one.values).get("rule", "") == rule


@pytest.mark.parametrize("kind", ["outside", "pipe", "device", "circle", "folder", "gone"])
@pytest.mark.parametrize("file", [PAGE, "site/strings/en.yaml", "mkdocs.yml"])
def test_what_is_no_file_of_the_publication(small: Path, file: str, kind: str) -> None:
    path = write(small, file, "")
    path.unlink()
    secret = write(small.parent, "secret", "root: x\n")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
        (path / ".keep").touch()
    else:
        path.symlink_to({"outside": secret, "device": "/dev/zero", "circle": path.name, "gone": "nothing"}[kind])
    problems = [one for one in found(small) if one.severity == "error"]
    expected = {"pipe": "file-not-regular", "folder": "file-not-regular", "gone": "file-missing"}
    if file == PAGE and kind == "folder":  # of no pages
        assert problems == []
    else:
        assert [(one.code, one.file) for one in problems] == [(expected.get(kind, "path-unsafe"), file)]
    assert "root" not in str(problems)


def test_what_is_no_page_is_warned_of(small: Path) -> None:
    for file in ("loose.md", "fr/about/index.md", "en/odd/picture.png", "en/odd.MD", "en/.hidden.md"):
        write(small, f"site/pages/{file}", "# x\n")
    write(small, "site/pages/zh/odd.md", "no title\n")
    warned = {(one.code, one.file) for one in found(small)}
    unused = {f"site/pages/{file}" for file in ("loose.md", "fr", "en/odd/picture.png", "en/odd.MD")}
    assert {file for code, file in warned if code == "page-file-unused"} == unused
    assert ("page-untitled", "site/pages/zh/odd.md") in warned
    assert ("page-untranslated", "site/pages/zh/odd.md") in warned
    assert shown(small) == []


WORDS = {
    "no yaml": (lambda text: text.replace("  license:", "  license: [", 1) + "\n[", "yaml-syntax"),
    "no mapping": (lambda _: "words\n", "yaml-no-mapping"),
    "another encoding": (lambda text: text.replace("at least", "mindestens \udcfc", 1), "yaml-encoding"),
    "a switch": (lambda text: text.replace('"true": "yes"', '"true": yes', 1), "wrong-type"),
    "empty": (lambda text: text.replace('comma: ", "', "comma:", 1), "wrong-type"),
    "placeholder": (lambda text: text.replace('other: "$n tables"', 'other: "$m tables"', 1), "words-placeholder"),
    "lone sign": (lambda text: text.replace('other: "$n tables"', 'other: "$ $n tables"', 1), "words-placeholder"),
    "locale": (lambda text: text.replace("locale: en_GB", "locale: klingon", 1), "words-language"),
    "direction": (lambda text: text.replace("direction: ltr", "direction: down", 1), "words-language"),
    "units": (lambda text: text.replace('"1000000 1000000000"', "a million", 1), "words-language"),
    "months": (lambda text: text.replace("month_format: MMMM y", "month_format: MMMMMMMM", 1), "words-language"),
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_words_that_cannot_be_used(small: Path, name: str) -> None:
    change, code = WORDS[name]
    text = (ROOT / "site/strings/en.yaml").read_text("utf-8")
    changed = change(text)
    assert changed != text
    write(small, "site/strings/en.yaml", changed.encode("utf-8", "surrogateescape"))
    problems = [one for one in found(small) if one.severity == "error"]
    assert [(one.code, one.file) for one in problems] == [(code, "site/strings/en.yaml")]
    assert problems[0].line


def test_words_that_are_not_there(small: Path) -> None:
    catalog = small / "datasets/catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8").replace("[zh, en]", "[zh, en, fr, tlh]"), "utf-8")
    assert shown(small) == [("words-file-missing", "site/strings/tlh.yaml", None)]


SETTINGS = {
    "no yaml": ("theme: [\n", "yaml-syntax", 2),
    "a list": ("- theme\n", "yaml-no-mapping", 1),
    "an extension that is not installed": (
        "site_name: x\nmarkdown_extensions:\n  - nothing.there\n",
        "site-extension",
        3,
    ),
    "an option that is none": ("markdown_extensions:\n  toc: {depht: 2}\n", "site-extension", 2),
    "extensions that are none": ("markdown_extensions:\n  - toc: 3\n", "wrong-type", 2),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_cannot_be_used(small: Path, name: str) -> None:
    text, code, line = SETTINGS[name]
    write(small, "mkdocs.yml", text)
    assert shown(small) == [(code, "mkdocs.yml", line)]


def test_a_page_that_brings_an_extension_down(small: Path) -> None:
    write(small, "mkdocs.yml", "markdown_extensions:\n  pymdownx.snippets: {check_paths: true}\n")
    write(small, PAGE, '---\ntitle: x\n---\n\n--8<-- "nothing.md"\n')
    assert shown(small) == [("page-unrenderable", PAGE, 4)]


def test_check_names_file_and_line_and_the_remedy(small: Path, run: Callable[..., Run]) -> None:
    write(small, PAGE, "---\ntitle: Odd\n---\n\n[a](http://[) and [b](../nowhere.md)\n")
    write(small, "site/pages/zh/odd/index.md", "# 怪\n\n![图](图.png)\n")
    for language, line, remedy in (("zh", "第 5 行：链接", "怎么改"), ("en", "line 5: The link", "How to fix it")):
        done = run("check", "--root", small, language=language)
        assert done.status == 1
        assert "Traceback" not in done.said
        assert PAGE in done.out
        assert line in done.out
        assert remedy in done.out
        assert "图.png" in done.out
    alone = run("check", "counts", "--root", small)
    assert (alone.status, "site/" in alone.said) == (0, False)
    hosted = run("check", "--root", small, "--format", "github", "--lang", "en")
    assert any(
        one.startswith("::error ") and f"file={PAGE}" in one and "line=5" in one for one in hosted.out.splitlines()
    )


@pytest.mark.usefixtures("warmed")
@pytest.mark.slow
def test_build_publishes_nothing_until_pages_are_mended(small: Path, run: Callable[..., Run]) -> None:
    page = write(small, PAGE, "---\ntitle: [\n---\n\n# Odd\n")
    os.mkfifo(page.with_name("pipe.md"))
    done = run("build", "--root", small)
    assert (done.status, "Traceback" in done.said) == (1, False)
    assert f"{PAGE}\n  error yaml-syntax" in done.err
    assert "pipe.md\n  error file-not-regular" in done.err
    assert not (small / "public").exists()
    page.with_name("pipe.md").unlink()
    page.write_text("---\ntitle: Odd\n---\n\n[a](../figures/index.md) [b](../datasets/counts/)\n", "utf-8")
    done = run("build", "--root", small)
    assert done.status == 0, done.said
    assert "page-untranslated" in done.err
    html = (small / "public/en/odd/index.html").read_text("utf-8")
    assert 'href="../figures/"' in html
    assert 'href="../datasets/counts/"' in html
    assert 'hreflang="zh"' not in html, "there is no such page to switch to"
