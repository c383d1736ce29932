"""README.md of a package: what a person reads who finds the zip on a disk, years later."""

from __future__ import annotations

from collections.abc import Mapping

from datagazette.describe import addresses
from datagazette.describe.citation import apa, cite_release, gb7714
from datagazette.describe.prose import code, description, description_on_one_line
from datagazette.describe.prose import words as literal
from datagazette.messages import texts
from datagazette.model.publication import Catalog, Publication, Release, Table
from datagazette.model.results import ReleaseResult


def readme(publication: Publication, result: ReleaseResult) -> str:
    """All languages of the release one after the other, the default one first."""
    return "\n---\n\n".join(_part(publication, result, language) for language in result.release.languages)


def changelog(publication: Publication, result: ReleaseResult) -> str:
    """CHANGES.md: what each release up to this one changed, the newest first, in every language."""
    dataset = publication.dataset(result.release.dataset)
    known = dataset.releases if dataset else (result.release,)
    lines = []
    for release in reversed([one for one in known if one.version <= result.release.version]):
        day = f" ({release.date.isoformat()})" if release.date else ""
        lines += [f"## {release.version}{day}", "", *(f"{description(value)}\n" for _, value in release.changes.values)]
    return "\n".join(lines).rstrip() + "\n"


def license_text(publication: Publication, release: Release) -> str:
    """LICENSE.txt: the terms, where to read them in full, and who is to be named."""
    catalog, lines = publication.catalog, []
    for language in release.languages:
        for license_ in release.licenses or catalog.licenses:
            lines += [
                literal(" ".join(filter(None, (license_.name, license_.title.get(language))))),
                literal(license_.path),
            ]
        cited = cite_release(catalog, release, language)
        lines += [literal(gb7714(cited) if language.startswith("zh") else apa(cited)), ""]
    return "\n".join(lines)


def _part(publication: Publication, result: ReleaseResult, language: str) -> str:
    catalog, release = publication.catalog, result.release
    words = texts("readme", language)
    lines = [f"# {literal(release.title.get(language) or release.dataset)}", ""]
    lines += [description(release.description.get(language)), ""]
    if release.withdrawal:
        lines += [f"**{words['withdrawn']}** ({release.withdrawal.date.isoformat()}): "]
        lines[-1] += description_on_one_line(release.withdrawal.reason.get(language))
        lines += [""]
    lines += _facts(catalog, result, language, words)
    lines += ["", f"## {words['contents']}", "", words["how"], ""]
    lines += _contents(result, language, words)
    for table in release.tables:
        lines += ["", f"## {words['fields']}: `{table.name}.csv`", "", *_fields(table, language)]
    if release.notes:
        lines += ["", f"## {words['notes']}", ""]
        lines += [
            f"- {code(note.resource)} {literal(note.key)} {literal(note.field)}: "
            f"{description_on_one_line(note.text.get(language))}"
            for note in release.notes
        ]
    if release.changes:
        lines += ["", f"## {words['changes']}", "", description(release.changes.get(language))]
    cited = cite_release(catalog, release, language)
    lines += ["", f"## {words['cite']}", "", literal(gb7714(cited)), "", literal(apa(cited)), ""]
    return "\n".join(lines)


def _facts(catalog: Catalog, result: ReleaseResult, language: str, words: Mapping[str, str]) -> list[str]:
    release = result.release
    licenses = [
        literal(" ".join(filter(None, (license_.title.get(language) or license_.name, license_.path))))
        for license_ in release.licenses or catalog.licenses
    ]
    facts = (
        ("version", str(release.version)),
        ("released", release.date.isoformat() if release.date else ""),
        ("page", addresses.release_page(catalog, release, language)),
        ("license", ", ".join(licenses)),
    )
    return [f"- {words[key]}: {value}" for key, value in facts if value]


def _contents(result: ReleaseResult, language: str, words: Mapping[str, str]) -> list[str]:
    lines = []
    for table in result.tables:
        count = words["rows"].format(count=table.rows)
        lines.append(f"- `{table.table.name}.csv`: {literal(table.table.title.get(language))} ({count})")
    for summary in result.summaries:
        title = literal(summary.summary.title.get(language))
        lines.append(f"- `summaries/{summary.summary.name}.csv`: {title} ({words['summary']})")
    return lines


def _fields(table: Table, language: str) -> list[str]:
    lines = []
    for field in table.schema.fields:
        unit = f" [{literal(field.unit.get(language))}]" if field.unit else ""
        texts = literal(field.title.get(language)), description_on_one_line(field.description.get(language))
        said = ". ".join(filter(None, texts))
        lines.append(f"- {code(field.name)} ({field.type}){unit}: {said}".rstrip(": "))
    return lines
