"""The sheets of a workbook that hold words: data dictionary, notes, "About and citation"."""

from __future__ import annotations

from collections.abc import Sequence

from datagazette.describe import addresses
from datagazette.describe.citation import apa, bibtex, cite_release, gb7714
from datagazette.messages import FALLBACK, LANGUAGES, texts
from datagazette.model.publication import Field, Publication, Release, Summary
from datagazette.model.results import ReleaseResult, TableResult

Line = tuple[str, ...]


def labels(languages: Sequence[str]) -> dict[str, str]:
    """Each label in all languages that we have words for: `表 Table`."""
    known = [texts("workbook", language) for language in languages if language in LANGUAGES]
    known = known or [texts("workbook", FALLBACK)]
    return {key: " ".join(dict.fromkeys(words[key] for words in known)) for key in known[0]}


def with_unit(field: Field, language: str) -> str:
    """`持证人数（人）`, `Holders (persons)`."""
    title, unit = field.title.get(language) or field.name, field.unit.get(language)
    if not unit:
        return title
    return f"{title}（{unit}）" if language.startswith("zh") else f"{title} ({unit})"


def above_summary(summary: Summary, languages: Sequence[str]) -> list[str]:
    """What stands above a summary's table: title and description, in each language."""
    said = [text.get(code) for code in languages for text in (summary.title, summary.description)]
    return list(dict.fromkeys(filter(None, said))) or [summary.name]


def dictionary(release: Release) -> list[Line]:
    """A line for each field of each table and summary, its header first."""
    words, languages = labels(release.languages), release.languages
    header = [words["table"], words["field"], words["type"]]
    header += [f"{words[key]} ({code})" for code in languages for key in ("title", "description", "unit")]
    lines = [(*header, words["required"], words["values"])]
    tables = [(table.name, table.schema.fields) for table in release.tables]
    tables += [(summary.name, summary.fields) for summary in release.summaries]
    for name, fields in tables:
        lines += [_field(name, field, languages, words["yes"]) for field in fields]
    return lines


def notes(release: Release) -> list[Line]:
    words, languages = labels(release.languages), release.languages
    header = (words["table"], words["key"], words["field"], words["kind"])
    lines = [(*header, *(f"{words['note']} ({code})" for code in languages), words["source"])]
    for note in release.notes:
        said = [note.text.get(code) for code in languages]
        lines.append((note.resource, note.key, note.field, note.kind, *said, note.source))
    return lines


def about(publication: Publication, result: ReleaseResult) -> list[Line]:
    """Label and text, a block for each language."""
    lines: list[Line] = []
    for language in result.release.languages:
        lines += [*_about(publication, result.release, language), ("", "")]
    cited = cite_release(publication.catalog, result.release, result.release.languages[0])
    return [*lines, ("BibTeX", bibtex(cited).strip())]


def too_large(publication: Publication, release: Release, result: TableResult) -> list[str]:
    """What the sheet of a table says that does not fit on one."""
    lines = []
    for language in release.languages:
        words = texts("workbook", language)
        lines.append(words["large"].format(rows=f"{result.rows:,}", columns=f"{len(result.table.schema.fields):,}"))
    paths = (f"{result.table.name}.parquet", f"{result.table.name}.csv")
    return [*lines, *(addresses.data_file(publication.catalog, release, path) for path in paths)]


def _field(table: str, field: Field, languages: Sequence[str], yes: str) -> Line:
    said = [text.get(code) for code in languages for text in (field.title, field.description, field.unit)]
    values = "\n".join(
        f"{one.value}: {' / '.join(dict.fromkeys(one.label.get(code) for code in languages))}".rstrip(": ")
        for one in field.categories
    )
    listed = values or "\n".join(str(one) for one in field.constraints.get("enum", ()))
    return (table, field.name, field.type, *said, yes if field.required else "", listed)


def _about(publication: Publication, release: Release, language: str) -> list[Line]:
    catalog, words = publication.catalog, texts("workbook", language)
    cited = cite_release(catalog, release, language)
    gone = release.withdrawal
    licenses = [
        " ".join(filter(None, (one.title.get(language) or one.name, one.path)))
        for one in release.licenses or catalog.licenses
    ]
    sources = [" ".join(filter(None, (one.title.get(language), one.path))) for one in release.sources]
    lines = [
        (words["withdrawn"], f"{gone.date.isoformat()} {gone.reason.get(language)}" if gone else ""),
        (words["title"], release.title.get(language) or release.dataset),
        (words["description"], release.description.get(language)),
        (words["version"], str(release.version)),
        (words["released"], release.date.isoformat() if release.date else ""),
        (words["publisher"], f"{catalog.publisher.title.get(language)} · {catalog.title.get(language)}"),
        (words["page"], addresses.release_page(catalog, release, language)),
        (words["license"], "\n".join(licenses)),
        (words["source"], "\n".join(sources)),
        (words["changes"], release.changes.get(language)),
        (f"{words['cite']} (GB/T 7714)", gb7714(cited)),
        (f"{words['cite']} (APA)", apa(cited)),
    ]
    return [line for line in lines if line[1]]
