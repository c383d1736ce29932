"""Citations: of a dataset, a release, a summary or a single figure, in the styles that people are asked for.

Values that reach BibTeX, RIS and YAML are untrusted; each format escapes its special characters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import yaml

from datagazette.describe import addresses
from datagazette.describe.notation import cell, without_empty
from datagazette.messages import texts
from datagazette.model.publication import Catalog, Contributor, Release, Summary
from datagazette.model.results import FigureResult

SELECTION, URL, ACCESSED = "⟦selection⟧", "⟦url⟧", "⟦accessed⟧"
_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_TEX |= {character: f"\\{character}" for character in "{}$&#%_"}


@dataclass(frozen=True)
class Citation:
    """What a citation says, in one language. `details` locate a figure: (`table`, `certified`), (`row`, `B05`), ...

    `key` names it in a bibliography. `issued` is None for a draft. `styles` are the kinds of sentences that there are
    of it (`SENTENCES`), the one that readers of the language use first.
    """

    key: str
    title: str
    author: str
    publisher: str
    version: str
    issued: date | None
    address: str
    language: str
    license: str = ""
    container: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    styles: tuple[str, ...] = ("apa",)


def cite_dataset(catalog: Catalog, release: Release, language: str) -> Citation:
    """The dataset at its lasting address, which shows the newest release."""
    cited = cite_release(catalog, release, language)
    return replace(cited, key=release.dataset, address=addresses.dataset_page(catalog, release.dataset, language))


def cite_release(catalog: Catalog, release: Release, language: str) -> Citation:
    """The release with the names and terms under which it was published, and where the site has it in this language
    now, which may have other languages than it had then."""
    languages, catalog = catalog.languages, catalog.as_of(release)
    publisher = catalog.publisher.title.get(language)
    authors = filter(None, (contributor.title.get(language) for contributor in creators(release)))
    return Citation(
        key=release.id,
        title=release.title.get(language) or release.dataset,
        author=_marks(language)["comma"].join(authors) or publisher,
        publisher=publisher,
        version=str(release.version),
        issued=release.date,
        address=addresses.release_page(replace(catalog, languages=languages), release, language),
        language=language,
        license=next((license_.name or license_.path for license_ in release.licenses or catalog.licenses), ""),
        container=catalog.title.get(language),
        abstract=release.description.get(language),
        keywords=tuple(release.keywords.get(language, ())),
        details=_withdrawal(release, language),
        styles=_styles(catalog.languages, language),
    )


def _styles(languages: Sequence[str], language: str) -> tuple[str, ...]:
    """GB/T 7714 is the standard of China: only a publication with Chinese among its languages has it."""
    if not any(map(_is_chinese, languages)):
        return ("apa",)
    return ("gb7714", "apa") if _is_chinese(language) else ("apa", "gb7714")


def _withdrawal(release: Release, language: str) -> tuple[tuple[str, str], ...]:
    """What a citation of a withdrawn release says first."""
    gone, comma = release.withdrawal, _marks(language)["comma"]
    said = f"{gone.date.isoformat()}{comma}{gone.reason.get(language).rstrip('.。')}" if gone else ""
    return ((texts("citation", language)["withdrawn"], said),) if gone else ()


def creators(release: Release) -> list[Contributor]:
    """Those who made the data: the contributors with this role, or with none."""
    return [person for person in release.contributors if "creator" in person.roles or not person.roles]


def cite_summary(catalog: Catalog, release: Release, summary: Summary, language: str) -> Citation:
    """`summary` with its placeholders filled, as `SummaryResult.summary` has it."""
    whole = cite_release(catalog, release, language)
    return replace(
        whole,
        key=f"{release.id}-{summary.name}",
        title=f"{summary.title.get(language) or summary.name}{_marks(language)['colon']}{whole.title}",
        abstract=summary.description.get(language),
        address=addresses.summary_page(catalog, release, summary.name, language),
    )


def cite_figure(catalog: Catalog, release: Release, result: FigureResult, sha256: str, language: str) -> Citation:
    """One cell: release, table, key, field, value, caveats and the SHA-256 of its file."""
    figure, whole, words = result.figure, cite_release(catalog, release, language), texts("citation", language)
    caveats = (note.text.get(language).rstrip(".。") for note in result.notes if note.text)
    value = f"{cell(result.value)} {result.unit.get(language)}".strip()
    details = {
        "table": figure.resource or figure.summary,
        "key": figure.key,
        "field": figure.field,
        "value": " ".join(filter(None, (texts("bounds", language).get(result.bound, ""), value))),
        "date": result.date,
        "caveat": _marks(language)["semicolon"].join(caveats),
        "sha256": sha256,
    }
    if figure.resource:
        address = addresses.cell_page(catalog, release, figure.resource, figure.key, figure.field, language)
    else:
        state, row = addresses.summary_cell(release, figure.key, figure.field)
        address = f"{addresses.summary_page(catalog, release, figure.summary, language)}?{state}#{row}"
    return replace(
        whole,
        key=f"{release.id}-{figure.name}",
        title=f"{figure.title.get(language) or figure.name}{_marks(language)['colon']}{whole.title}",
        address=address,
        details=(*whole.details, *((words[name], value) for name, value in details.items() if value)),
    )


def gb7714(cited: Citation, accessed: str = "") -> str:
    """GB/T 7714—2015, electronic resource; `accessed` is the day on which a reader looked, as `2027-01-31`."""
    when = (f"({cited.issued.isoformat()})" if cited.issued else "") + (f"[{accessed}]" if accessed else "")
    version = f"{cited.version} 版" if _is_chinese(cited.language) else f"version {cited.version}"
    publisher = f"{cited.publisher}, {cited.issued.year}" if cited.issued else cited.publisher
    place = ". ".join((publisher, when, cited.address) if when else (publisher, cited.address))
    return f"{cited.author}. {cited.title}: {version}[DS/OL]. {place}.{_located(cited)}"


def apa(cited: Citation) -> str:
    """APA, 7th edition, data set; what it says in brackets is in the language of the citation."""
    words = texts("citation", cited.language)
    year = str(cited.issued.year) if cited.issued else words["apa_undated"]
    publisher = f"{cited.publisher}. " if cited.publisher != cited.author else ""
    return (
        f"{cited.author}. ({year}). {cited.title} ({words['apa_version']} {cited.version}) [{words['apa_kind']}]. "
        f"{publisher}{cited.address}{_located(cited)}"
    )


# What each style of a sentence is called, and what writes it.
SENTENCES: Mapping[str, tuple[str, Callable[[Citation], str]]] = {"gb7714": ("GB/T 7714", gb7714), "apa": ("APA", apa)}


def plain_citation(cited: Citation) -> str:
    """The sentence for files that hold one citation."""
    return SENTENCES[cited.styles[0]][1](cited)


def sentences(cited: Citation) -> list[tuple[str, str]]:
    """(name of the style, sentence) in every style that the publication has, in the order of files: one for all
    languages."""
    return [(label, write(cited)) for style, (label, write) in SENTENCES.items() if style in cited.styles]


def bibtex(cited: Citation, accessed: str = "", *more: str) -> str:
    """An entry that BibTeX and biblatex both read; names are in braces, so that they are not taken apart.

    It has no `howpublished`, which pandoc takes for the publisher. The styles of plain BibTeX know neither `@dataset`
    nor `version` nor `url`, so the note repeats both. `accessed` is the day on which a reader looked, `more` are parts
    of the note that are TeX already.
    """
    issued, address = cited.issued, cited.address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
    version = f"{texts('citation', cited.language)['version']} {_tex(cited.version)}"
    fields = {
        "author": f"{{{_tex(cited.author)}}}",
        "title": f"{{{_tex(cited.title)}}}",
        "year": issued and issued.year,
        "month": issued and issued.month,
        "date": issued,
        "publisher": f"{{{_tex(cited.publisher)}}}",
        "version": _tex(cited.version),
        "url": address,
        "urldate": accessed,
        "language": _tex(cited.language),
        "note": "; ".join((f"{version}. \\url{{{address}}}", *map(_tex, _detailed(cited)), *more)),
    }
    key = re.sub(r"[^A-Za-z0-9._:-]+", "-", cited.key)
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@dataset{{{key},", *lines, "}", ""])


def ris(cited: Citation) -> str:
    """RIS of type DATA; lines end with CRLF, as the format has it."""
    lines = [
        ("TY", "DATA"),
        ("ID", cited.key),
        ("AU", cited.author),
        ("TI", cited.title),
        ("T2", cited.container),
        ("PB", cited.publisher),
        ("PY", str(cited.issued.year) if cited.issued else ""),
        ("DA", cited.issued.strftime("%Y/%m/%d/") if cited.issued else ""),
        ("ET", cited.version),
        ("LA", cited.language),
        ("AB", cited.abstract),
        *(("KW", keyword) for keyword in cited.keywords),
        *(("N1", detail) for detail in _detailed(cited)),
        ("UR", cited.address),
    ]
    return "\r\n".join([*(f"{tag}  - {_line(value)}" for tag, value in lines if value), "ER  - ", ""])


def csl(cited: Citation) -> dict[str, Any]:
    """One item of CSL-JSON."""
    day = cited.issued
    return without_empty(
        {
            "id": cited.key,
            "type": "dataset",
            "title": cited.title,
            "author": [{"literal": cited.author}],
            "publisher": cited.publisher,
            "container-title": cited.container,
            "version": cited.version,
            "language": cited.language,
            "URL": cited.address,
            "abstract": cited.abstract,
            "note": "\n".join(_detailed(cited)),
            "issued": day and {"date-parts": [[day.year, day.month, day.day]]},
        }
    )


def citation_cff(cited: Citation) -> str:
    """CITATION.cff 1.2.0 (https://citation-file-format.github.io/)."""
    message = texts("citation", "zh" if _is_chinese(cited.language) else cited.language)["please"]
    content = {
        "cff-version": "1.2.0",
        "type": "dataset",
        "message": " ".join((message, *map(_line, _detailed(cited)))),
        "title": cited.title,
        "authors": [{"name": cited.author}],
        "version": cited.version,
        "date-released": cited.issued,
        "url": cited.address,
        "abstract": cited.abstract,
        "keywords": list(cited.keywords),
        "license": cited.license if re.fullmatch(r"[A-Za-z0-9.+-]+", cited.license) else "",
    }
    written = yaml.safe_dump(without_empty(content), allow_unicode=True, sort_keys=False, width=1000)
    return f"# {texts('citation', cited.language)['beside']}\n{written}"


@dataclass(frozen=True)
class Template:
    """A citation of rows that a reader is still to choose: `text` holds SELECTION, URL and ACCESSED."""

    name: str
    label: str
    text: str


def templates(cited: Citation) -> tuple[Template, ...]:
    """Every style for a selection of rows, the one that readers of the language use first."""
    cited = replace(cited, address=URL)
    notes = (*_detailed(cited), SELECTION)
    written = {"gb7714": f"{gb7714(cited, ACCESSED)} {SELECTION}", "apa": f"{apa(cited)} [{SELECTION}]"}
    record = ris(cited).removesuffix("ER  - \r\n")
    item = {**csl(cited), "note": "\n".join(notes), "accessed": {"raw": ACCESSED}}
    return (
        *(Template(style, SENTENCES[style][0], written[style]) for style in cited.styles),
        Template("bibtex", "BibTeX", bibtex(cited, ACCESSED, SELECTION)),
        Template("ris", "RIS", f"{record}Y2  - {ACCESSED}\r\nN1  - {SELECTION}\r\nER  - \r\n"),
        Template("csl-json", "CSL-JSON", json.dumps([item], ensure_ascii=False, indent=2)),
    )


def _tex(value: str) -> str:
    return "".join(_TEX.get(character, character) for character in _line(value))


def _line(value: str) -> str:
    """One line: a line break would begin another field. Control characters have no place in either format."""
    return " ".join("".join(character if character.isprintable() else " " for character in value).split())


def _located(cited: Citation) -> str:
    """The details in brackets, as they end a sentence; empty where there are none."""
    details = _marks(cited.language)["semicolon"].join(map(_line, _detailed(cited)))
    if not details:
        return ""
    return f"［{details}］" if _is_chinese(cited.language) else f" [{details}]"


def _detailed(cited: Citation) -> list[str]:
    return [f"{name}{_marks(cited.language)['colon']}{value}" for name, value in cited.details]


def _is_chinese(language: str) -> bool:
    return language.startswith("zh")


def _marks(language: str) -> Mapping[str, str]:
    """The marks between the parts of a sentence: those of Chinese are the same however it is written."""
    return texts("citation", "zh" if _is_chinese(language) else language)
