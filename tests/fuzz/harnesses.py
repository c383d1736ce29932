"""What is fuzzed: each harness takes bytes, and ends without an exception or the reader that it tries has a fault.

Each also asserts what its reader promises, so that a wrong answer is found as well as a crash.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from unicodedata import category
from urllib.parse import urljoin, urlsplit

import markdown
import yaml

from datagazette.charts.rules import check_chart
from datagazette.compute.allowed import Rules, refusals
from datagazette.compute.queries import Budget, ask, sandbox
from datagazette.load.authored_links import SCHEMES, LinkedSite, PagePlace, converter, link_problems
from datagazette.load.authored_pages import MarkdownSettings, read_authored_pages
from datagazette.load.publication import load_publication
from datagazette.load.yaml_file import read_yaml
from datagazette.messages import LANGUAGES
from datagazette.model.problems import Problem, fix, has_errors, message
from datagazette.model.publication import Summary
from datagazette.model.resource import Dialect, Table
from datagazette.model.text import Text
from datagazette.pages import markup
from datagazette.reports.problem_list import text_report
from datagazette.tables.descriptors import parse_dialect, parse_schema
from datagazette.tables.engine import Engine, Limits, connect
from datagazette.tables.layout import TableSource
from datagazette.tables.parquet import tabulate
from datagazette.validation.run import check_tables
from tests.conftest import PUBLICATIONS, ROOT
from tests.fuzz.edits import edited

SMALL = PUBLICATIONS / "small"
SECRET = "8f14e45fceea167a"
# Control characters, halves of characters, ends of lines and paragraphs.
_OBEYED = ("Cc", "Cs", "Zl", "Zp")
# Databases that stay open for as long as the process looks for faults.
_OPEN = ExitStack()


@atexit.register
def _close() -> None:
    _OPEN.close()
    for kept in (_engine, _box):
        kept.cache_clear()
    shutil.rmtree(scratch(), ignore_errors=True)


@cache
def scratch() -> Path:
    """A folder of this process for what the harnesses write."""
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def publication(data: bytes) -> None:
    """One file of a publication, edited: catalogue, ledger, descriptor, schema, notes, SQL or table."""
    root = scratch() / "publication"
    if not root.exists():
        shutil.copytree(SMALL, root)
    names = sorted(path.relative_to(SMALL).as_posix() for path in SMALL.rglob("*") if path.is_file())
    name = names[(data[0] if data else 0) % len(names)]
    source = (SMALL / name).read_bytes()
    try:
        (root / name).write_bytes(edited(source, data[1:]))
        shown(load_publication(root).problems)
    finally:
        (root / name).write_bytes(source)


def descriptor(data: bytes) -> None:
    """Any bytes as YAML, and what is read from them as a schema, a dialect and a chart."""
    path = scratch() / "x.yaml"
    path.write_bytes(edited(_descriptor(), data[1:]) if data[:1] < b"\xc0" else data[1:])
    document, problems = read_yaml(path, "x.yaml")
    shown(problems)
    if document is None:
        return
    shown(parse_schema(document.value, "x", "x.yaml", ("zh", "en"), document.line)[1])
    shown(parse_dialect(document.value, "utf-8", "x.yaml", document.line)[1])
    shown(check_chart(Summary("x", Text(), "", "x.sql", (), Text(), (), document.value, {})))


def table(data: bytes) -> None:
    """A CSV in some dialect: it is checked, and where it is found valid, typed."""
    path = scratch() / "visits.csv"
    path.write_bytes(edited(_VISITS, data[2:]))
    dialect = Dialect(**_DIALECTS[(data[0] if data else 0) % len(_DIALECTS)])
    schema, _ = parse_schema(_schema(data[1] if len(data) > 1 else 0), "visits", "visits.yaml", ("zh", "en"))
    assert schema is not None
    described = Table("visits", "visits.csv", "visits.csv", schema, dialect, Text())
    (report,) = check_tables([TableSource(described, path)], limits=Limits(memory="500MB", threads=1))
    shown(report.problems)
    if not report.problems:
        tabulate(_engine(), described, path, scratch() / "visits.parquet")


def query(data: bytes) -> None:
    """A stranger's SQL: refused, or answered within its bounds and without a word of other files."""
    secret = scratch() / "secret.csv"
    secret.write_text(f"secret\n{SECRET}\n")
    script = edited(_QUERIES[(data[0] if data else 0) % len(_QUERIES)].replace(b"{secret}", bytes(secret)), data[1:])
    text = script.decode("utf-8", "replace")
    found = refusals(_engine(), text, "x.sql", Rules((("people",),)))
    shown(found)
    if not found:
        answer, problems = ask(_box(), text, "x.sql", Budget(seconds=2, rows=1_000))
        shown(problems)
        assert SECRET not in str(answer)


def page(data: bytes) -> None:
    """A text in a description, in a heading and in a line: rendered as pages are, it stays what it is."""
    text = edited("说明 *text* [link](https://example.org)\n\n- item\n".encode(), data).decode("utf-8", "replace")
    body = markup.assemble(
        f"<section>\n<div>{markup.rich(text)}</div>\n<p>{markup.rich_inline(text)}</p>\n"
        f'<pre>{markup.preformatted(text)}</pre>\n<p title="{markup.finalize(text) and ""}"></p></section>\n'
        f"{markup.heading(2, 'x', text)}\n<p>end</p>"
    )
    seen = _Elements()
    seen.feed(markdown.markdown(body, **_settings()))
    seen.close()
    strange = seen.tags - markup.TAGS - {"section", "div", "pre", "h2"}
    assert not strange, strange
    assert seen.attributes <= {"href", "rel", "id", "title", "class"}, seen.attributes
    schemes = {urlsplit(urljoin("https://own.example/", link)).scheme for link in seen.links}
    assert schemes <= {"http", "https", "mailto"}, seen.links
    assert seen.headings == 1


def authored_page(data: bytes) -> None:
    """A page that a person wrote: its faults are reported, or it is one that MkDocs takes, with links that open."""
    path = scratch() / "site/pages/en/x.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(edited(_PAGES[(data[0] if data else 0) % len(_PAGES)], data[1:]))
    files, problems = read_authored_pages(path.parents[1], ("en",))
    reader, unusable = converter(MarkdownSettings({name: {} for name in _settings()["extensions"]}))
    assert reader is not None, unusable
    place = PagePlace("x/", "", frozenset({"index.md", "x.md"}))
    site = LinkedSite("https://own.example/", lambda _: "unknown")
    found = [*problems, *(one for file in files for one in link_problems(file, place, site, reader))]
    shown(found)
    if has_errors(found):
        return
    (page,) = (file.page for file in files)
    yaml.safe_load(yaml.safe_dump(dict(page.front), allow_unicode=True))
    assert {urlsplit(link.target).scheme for link in reader.read(page.body)[0]} <= {"", *SCHEMES, "data"}


def shown(problems: Iterable[Problem]) -> None:
    """Every problem can be printed in every language, on lines that a terminal shows and does not obey."""
    found = tuple(problems)
    for language in LANGUAGES:
        for one in found:
            assert message(one, language)
            assert fix(one, language)
        lines = [line.text for line in text_report(found, language)]
        assert not [line for line in lines if any(category(sign) in _OBEYED for sign in line)], lines


HARNESSES: dict[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (publication, descriptor, table, query, page, authored_page)
}

_VISITS = b'id,place,day,visits,share\n1,"001",2021-05-01,12,0.5\n2,002,2021-05-02,7,\n3,"0,1""0",2021-05-03,30,1e-3\n'
_DIALECTS: tuple[dict[str, object], ...] = (
    {},
    {"stated": ("delimiter",)},
    {"delimiter": ";", "stated": ("delimiter",)},
    {"quote_char": "'", "stated": ("quoteChar",)},
    {"quote_char": "", "stated": ("quoteChar",)},
    {"escape_char": "\\", "stated": ("escapeChar",)},
    {"header": False, "stated": ("header",)},
    {"header_rows": (1, 2), "stated": ("headerRows",)},
    {"comment_char": "#", "stated": ("commentChar",)},
    {"skip_blank_rows": True, "stated": ("skipBlankRows",)},
    {"skip_initial_space": True, "stated": ("skipInitialSpace",)},
    {"encoding": "utf-16"},
    {"encoding": "gb18030"},
)
_PAGES = (
    b"---\ntitle: Odd\ndescription: A page\nhide: [toc]\n---\n\n# Odd\n\n[a](index.md) [b](https://own.example/)\n",
    b"# Odd {#odd}\n\n[a][x] ![b](y.png) <a href='z/'>z</a> <me@example.org>\n\n[x]: http://own.example/ 'x'\n",
    b"---\ntitle: [\n---\n| a | b |\n| - | - |\n| [c](javascript:d) | `[e](f)` |\n\n[^1]: g\n",
    b"[a](http://[) > > - 1. !!! note\n    <div><img src='https://own.example/x'>\n\n```\n[a](b)\n```\n",
)
_TYPES = ("string", "integer", "number", "date", "datetime", "time", "year", "yearmonth", "boolean", "duration", "list",
          "object", "array", "geopoint", "geojson", "any")  # fmt: skip
_QUERIES = (
    b"SELECT id, name FROM people WHERE id > 0 ORDER BY name",
    b"WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT * FROM n, people",
    b"SELECT * FROM read_csv('{secret}')",
    b"SELECT (SELECT content FROM read_text('{secret}')) FROM people",
    b"FROM '{secret}'",
    b"SELECT name, count(*) FILTER (id > 1) OVER (PARTITION BY name) FROM people GROUP BY ALL HAVING true",
)


def _descriptor() -> bytes:
    return (SMALL / "schemas/counts.v1.yaml").read_bytes()


def _schema(number: int) -> dict[str, object]:
    """A schema for the table, the last column of which has one of all types."""
    names = ("id", "place", "day", "visits", "share")
    types = ("integer", "string", "date", "integer", _TYPES[number % len(_TYPES)])
    fields = [{"name": name, "type": kind} for name, kind in zip(names, types, strict=True)]
    if number & 64:
        fields[1] = {"name": "place", "type": "string", "constraints": {"pattern": "[0-9]+", "required": True}}
    if number & 16:
        fields[3] = {"name": "visits", "type": "boolean", "trueValues": ["12", "{v}", "'"], "missingValues": ["{x}"]}
    return {"fields": fields, "primaryKey": "id"} if number & 32 else {"fields": fields}


@cache
def _engine() -> Engine:
    return _OPEN.enter_context(connect(Limits(memory="500MB", threads=1)))


@cache
def _box() -> Engine:
    people = scratch() / "people.parquet"
    _engine().run(f"COPY (SELECT 1 AS id, 'a' AS name UNION ALL SELECT 2, 'b') TO '{people}'")
    return _OPEN.enter_context(sandbox({("people",): people}, Limits(memory="200MB", threads=1)))


@cache
def _settings() -> dict[str, object]:
    """The extensions that pages are rendered with."""
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)
    said = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), Loader=loader)["markdown_extensions"]
    configured = {name: {key: value for key, value in (options or {}).items() if value is not None}
                  for name, options in said.items()}  # fmt: skip
    return {"extensions": list(configured), "extension_configs": configured}


class _Elements(HTMLParser):
    """The elements, attributes and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.headings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.headings += tag == "h2"
