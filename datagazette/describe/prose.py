"""Texts as Markdown: descriptions, which may hold a small part of it, texts that are shown as typed, and from both
README.md, CHANGES.md and LICENSE.txt of a package.

A description is shown on several pages and in packages, so an address in it that is relative to one of them leads
nowhere from the others.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from datagazette.describe import addresses
from datagazette.describe.citation import cite_release, plain_citation, sentences
from datagazette.describe.snippets import snippets
from datagazette.messages import texts
from datagazette.model.names import address_parts
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Catalog, Publication, Release
from datagazette.model.resource import MissingValue, Table
from datagazette.model.results import ReleaseResult
from datagazette.model.text import Text, isolated, shown

# Renderers of Markdown use STX and ETX for their own; other control characters mean nothing to a reader.
LONGEST = 10_000  # characters
SCHEMES = ("http", "https", "mailto")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_MARKUP = re.compile(r"[\\`*_\[\]|~]")
_BLOCK = re.compile(r"^(?:([#>+=-])|(\d+)([.)]))")
# Nothing in it can be markup, so that no reader of Markdown has to be asked.
_PLAIN = re.compile(r"[^\W\d_](?:[^\W_]|[ ,;:.()'/%-])*")
_BEGUN = re.compile(r"<[A-Za-z/!?]|`")
# What a description may hold, as pages show it too.
_SPANS = ("em", "strong", "s", "link", "paragraph", "bullet_list", "ordered_list", "list_item", "blockquote")
_ALLOWED = {"inline", "text", "softbreak", "hardbreak", "code_inline"} | {
    f"{name}_{end}" for name in _SPANS for end in ("open", "close")
}


def clean(value: str) -> str:
    """Without control characters."""
    return _CONTROL.sub("", value)


def plain_text(value: str) -> str:
    """A description without its markup, on one line: for machines, `<meta name="description">` and alternatives."""
    text = re.sub(r"<[^>]*>", "", rendered(clean(value)))
    return " ".join(html.unescape(text).split())


def is_open_to(address: str) -> bool:
    """Whether a link of a description may lead there: to an address of a known scheme, or within the site."""
    parts = address_parts(address)
    if parts is None:
        return False
    return parts.scheme in SCHEMES if parts.scheme else not address.startswith(("//", "/\\", "\\"))


@lru_cache(maxsize=1_000)
def rendered(value: str, *, inline: bool = False) -> str:
    """A description as HTML. One that is longer than any sensible one is shown as it was typed: the renderer takes
    a time that grows with the square of what looks like links."""
    if len(value) > LONGEST:
        return html.escape(value)
    return str(markdown().renderInline(value) if inline else markdown().render(value))


@cache
def markdown() -> MarkdownIt:
    """The part of Markdown that a description may hold: emphasis, links, lists, code. HTML in it is only text."""
    return MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False}).disable(
        ["image", "table", "heading", "lheading", "hr", "fence", "code", "reference"]
    )


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no HTML, no one notified by an @."""
    safe = _MARKUP.sub(r"\\\g<0>", text.replace("&", "&amp;").replace("<", "&lt;"))
    return safe.replace("@", "&#64;").replace("\n", " ")


def code(text: str) -> str:
    """A span of code, which no character in the text can end."""
    if not text:
        return "``"
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if longest else ""
    return f"{fence}{padding}{shown(' '.join(text.split()))}{padding}{fence}"


def literal(value: str) -> str:
    """A text without markup on one line; escaped only where Markdown would show something else."""
    line = isolated(" ".join(value.split()))
    return line if not line or _shows_itself(line) else _escaped_block(line)


@lru_cache(maxsize=1_000)
def description(value: str) -> str:
    """A text that may hold a small part of Markdown, as it is; where it holds anything else, all of it is escaped."""
    tokens = _tokens(value)
    if tokens is not None and all(map(_is_allowed, tokens)):
        return "\n".join(map(isolated, value.split("\n")))
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", value))
    return "\n\n".join(_escaped_block(isolated(paragraph)) for paragraph in paragraphs if paragraph)


def description_on_one_line(value: str) -> str:
    """The same for a place that holds one line."""
    return description(" ".join(value.split()))


def _escaped_block(line: str) -> str:
    """A paragraph of one line, of which nothing begins a heading, a list or a quotation."""
    return _BLOCK.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", escaped(line))


@lru_cache(maxsize=4_000)
def _shows_itself(line: str) -> bool:
    """Also beside another text on the same line, which could end what this one begins."""
    if len(line) <= LONGEST and _PLAIN.fullmatch(line):
        return True
    if _BEGUN.search(line) or line.count("[") != line.count("]"):
        return False
    around = ("paragraph_open", "inline", "paragraph_close")
    return [(token.type, token.content) for token in _tokens(line) or () if token.type not in around] == [
        ("text", line)
    ]


def _is_allowed(token: Token) -> bool:
    return token.type in _ALLOWED and (token.type != "link_open" or is_open_to(str(token.attrGet("href") or "")))


def _tokens(value: str) -> list[Token] | None:
    """None where it is too long to be looked at, or names the targets of links that others can be written for."""
    if len(value) > LONGEST:
        return None
    found: dict[str, Any] = {}
    blocks = _reader().parse(value, found)
    return (
        None if found.get("references") else [token for block in blocks for token in (block, *(block.children or ()))]
    )


@cache
def _reader() -> MarkdownIt:
    """Markdown with all that a viewer of README files may know; of links, those too that ours would not make."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    reader.validateLink = lambda _: True  # type: ignore[method-assign, assignment]
    return reader


def check_links(release: Release, file: str) -> Iterator[Problem]:
    """A problem for each link that is no full address: an error in a draft, a warning in what is released. `file` is
    the descriptor of the release."""
    report = problem if release.state == "draft" else warning
    for where, text in _descriptions(release):
        for link in dict.fromkeys(link for _, value in text.values for link in links(value)):
            parts = address_parts(link)
            # `#` leads within the page that it is on, a known scheme to the same place from everywhere.
            if not link.startswith("#") and (parts is None or parts.scheme not in SCHEMES):
                yield report("description-link", file, None, link=link[:200], where=where)


def links(value: str) -> Iterator[str]:
    """The addresses that a description leads to."""
    if len(value) > LONGEST or ("](" not in value and "<" not in value):
        return
    for block in markdown().parse(value):
        for token in block.children or ():
            if token.type == "link_open":
                yield str(token.attrGet("href") or "")


def _descriptions(release: Release) -> Iterator[tuple[str, Text]]:
    """Every text of a release that may hold links, with the key that it is under."""
    yield "description", release.description
    yield "changes", release.changes
    if release.withdrawal:
        yield "reason", release.withdrawal.reason
    for table in release.tables:
        yield f"resources.{table.name}.description", table.description
        for field in table.schema.fields:
            yield f"{table.schema.name}.{field.name}.description", field.description
    for summary in release.summaries:
        yield f"summaries.{summary.name}.description", summary.description
        for field in summary.fields:
            yield f"summaries.{summary.name}.{field.name}.description", field.description
    for check in release.checks:
        yield f"checks.{check.name}.description", check.description
        yield f"checks.{check.name}.accepted", check.accepted
    for figure in release.figures:
        yield f"figures.{figure.name}.description", figure.description
    for note in release.notes:
        yield f"notes.csv, {note.line}", note.text


def readme(publication: Publication, result: ReleaseResult) -> str:
    """README.md of a package, for a reader who finds the zip on a disk, years later: all languages of the release one
    after the other, the default one first."""
    parts = (_readme_part(publication.catalog, result, language) for language in result.release.languages)
    return "\n---\n\n".join(parts)


def changelog(publication: Publication, result: ReleaseResult) -> str:
    """CHANGES.md: what each release up to this one changed, the newest first, in every language."""
    dataset = publication.dataset(result.release.dataset)
    lines = []
    for release in reversed(dataset.releases if dataset else (result.release,)):
        if release.version > result.release.version:
            continue
        day = f" ({release.date.isoformat()})" if release.date else ""
        lines += [f"## {release.version}{day}", "", *(f"{description(value)}\n" for _, value in release.changes.values)]
    return "\n".join(lines).rstrip() + "\n"


def license_text(publication: Publication, release: Release) -> str:
    """LICENSE.txt: the terms, where to read them in full, and who is to be named."""
    lines = []
    for language in release.languages:
        for license_ in release.licenses or publication.catalog.licenses:
            named = " ".join(filter(None, (license_.name, license_.title.get(language))))
            lines += [literal(named), literal(license_.path)]
        lines += [literal(plain_citation(cite_release(publication.catalog, release, language))), ""]
    return "\n".join(lines)


def withdrawal_sentence(release: Release, language: str) -> str:
    """What begins a description of a withdrawn release; of any other it is empty."""
    if (gone := release.withdrawal) is None:
        return ""
    said = f"{texts('readme', language)['withdrawn']} ({gone.date.isoformat()}): "
    return f"{said}{plain_text(gone.reason.get(language))} "


def _readme_part(catalog: Catalog, result: ReleaseResult, language: str) -> str:
    release, words = result.release, texts("readme", language)
    lines = [f"# {literal(release.title.get(language) or release.dataset)}", ""]
    lines += [description(release.description.get(language)), ""]
    if gone := release.withdrawal:
        reason = description_on_one_line(gone.reason.get(language))
        lines += [f"**{words['withdrawn']}** ({gone.date.isoformat()}): {reason}", ""]
    licenses = (
        literal(" ".join(filter(None, (license_.title.get(language) or license_.name, license_.path))))
        for license_ in release.licenses or catalog.licenses
    )
    facts = {
        "version": str(release.version),
        "released": release.date.isoformat() if release.date else "",
        "page": addresses.release_page(catalog, release, language),
        "license": ", ".join(licenses),
    }
    lines += [f"- {words[key]}: {value}" for key, value in facts.items() if value]
    lines += ["", f"## {words['contents']}", "", words["how"], "", *_contents(result, language, words)]
    schemas = [table.schema for table in release.tables]
    if any(schema.unique_keys or any(field.categories for field in schema.fields) for schema in schemas):
        lines += ["", words["enforced"]]
    for table in release.tables:
        lines += ["", f"## {words['fields']}: `{table.name}.csv`", "", *_fields(table, language, words)]
        lines += _other_types(result, table, words)
    lines += ["", f"## {words['read']}"]
    if found := snippets(result, ""):
        lines += ["", words["read_words"]]
    for snippet in found:
        lines += ["", f"{snippet.program}:", "", f"```{snippet.language}", snippet.code, "```"]
    lines += ["", words["read_others"].format(name=f"{release.id}.zip")]
    if release.notes:
        lines += ["", f"## {words['notes']}", ""]
    for note in release.notes:
        text = description_on_one_line(note.text.get(language))
        lines.append(f"- {code(note.resource)} {literal(note.key)} {literal(note.field)}: {text}")
    if release.changes:
        lines += ["", f"## {words['changes']}", "", description(release.changes.get(language))]
    cited = cite_release(catalog, release, language)
    lines += ["", f"## {words['cite']}", ""]
    for _, sentence in sentences(cited):
        lines += [literal(sentence), ""]
    return "\n".join(lines)


def _contents(result: ReleaseResult, language: str, words: Mapping[str, str]) -> Iterator[str]:
    for table in result.tables:
        count = words["rows"].format(count=table.rows)
        yield f"- `{table.table.name}.csv`: {literal(table.table.title.get(language))} ({count})"
    for found in result.summaries:
        title = literal(found.summary.title.get(language))
        yield f"- `summaries/{found.summary.name}.csv`: {title} ({words['summary']})"


def _reasons(table: Table, language: str, words: Mapping[str, str]) -> Iterator[str]:
    """A paragraph for each list of missing values with labels, with the fields that have it."""
    fields: dict[tuple[MissingValue, ...], list[str]] = {}
    for field in table.schema.explained:
        fields.setdefault(field.reasons, []).append(field.name)
    for reasons, names in fields.items():
        said = (f"{code(reason.value) if reason.value else words['empty']} = {literal(reason.label.get(language))}"
                for reason in reasons if reason.label)  # fmt: skip
        yield from ("", words["reasons"].format(fields=", ".join(map(code, names)), reasons="; ".join(said)))


def _other_types(result: ReleaseResult, table: Table, words: Mapping[str, str]) -> Iterator[str]:
    """A paragraph for each other file of the table that has columns of another type than the schema."""
    for file in result.files:
        for key, columns in (("texts", file.texts), ("mixed", file.mixed)):
            fields = ", ".join(code(name) for resource, name in columns if resource == table.name)
            if fields and file.kind in ("json", "xlsx"):
                yield from ("", words[f"{key}_{file.kind}"].format(file=code(file.path), fields=fields))


def _fields(table: Table, language: str, words: Mapping[str, str]) -> Iterator[str]:
    for field in table.schema.fields:
        unit = f" [{literal(field.unit.get(language))}]" if field.unit else ""
        about = literal(field.title.get(language)), description_on_one_line(field.description.get(language))
        yield f"- {code(field.name)} ({field.type}){unit}: {'. '.join(filter(None, about))}".rstrip(": ")
    yield from _reasons(table, language, words)
