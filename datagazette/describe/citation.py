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
from datagazette.model.identifiers import Identifier, cited_first, value_of
from datagazette.model.publication import Catalog, Contributor, Release, Summary
from datagazette.model.results import FigureResult

SELECTION, URL, ACCESSED = "⟦selection⟧", "⟦url⟧", "⟦accessed⟧"
_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_TEX |= {character: f"\\{character}" for character in "{}$&#%_"}


@dataclass(frozen=True)
class Author:
    """A person or an organisation by name. `family` and `given` are the parts of a name in letters: programs turn the
    parts of others round."""

    name: str
    family: str = ""
    given: str = ""
    orcid: str = ""
    address: str = ""


@dataclass(frozen=True)
class Citation:
    """What a citation says, in one language. `details` locate a figure: (`table`, `certified`), (`row`, `B05`), ...

    `key` names it in a bibliography. `issued` is None for a draft. `author` is the names of `authors`, `container` the
    publication. `part`: of what the identifiers name only a part is cited; `lasting`: what is at the address changes.
    `styles` are the kinds of sentences that there are of it (`SENTENCES`), the one that readers of the language use
    first.
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
    authors: tuple[Author, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    part: bool = False
    lasting: bool = False


def cite_dataset(catalog: Catalog, release: Release, language: str) -> Citation:
    """The dataset at its lasting address, which shows the newest release."""
    cited = cite_release(catalog, release, language)
    address = addresses.dataset_page(catalog, release.dataset, language)
    return replace(cited, key=release.dataset, address=address, lasting=True)


def cite_release(catalog: Catalog, release: Release, language: str) -> Citation:
    """The release with the names and terms under which it was published, and where the site has it in this language
    now, which may have other languages than it had then."""
    languages, catalog = catalog.languages, catalog.as_of(release)
    platform = catalog.title.get(language)
    people = [person for person in creators(release) if person.title.get(language)]
    authors = tuple(_author(person, language) for person in people or [catalog.publisher.as_contributor])
    return Citation(
        key=release.id,
        title=release.title.get(language) or release.dataset,
        author=_marks(language)["comma"].join(author.name for author in authors),
        # The standard of China names the platform, which its readers' programs take from here.
        publisher=(platform if _is_chinese(language) else "") or catalog.publisher.title.get(language),
        version=str(release.version),
        issued=release.date,
        address=addresses.release_page(replace(catalog, languages=languages), release, language),
        language=language,
        license=next((license_.name or license_.path for license_ in release.licenses or catalog.licenses), ""),
        container=platform,
        abstract=release.description.get(language),
        keywords=tuple(release.keywords.get(language, ())),
        details=_withdrawal(release, language),
        styles=_styles(catalog.languages, language),
        authors=authors,
        identifiers=release.identifiers,
    )


def _author(person: Contributor, language: str) -> Author:
    name, family, given = person.title.get(language), person.family_name, person.given_name
    is_known = family and given and family in name and given in name and not re.search("[,\u2e80-\ud7af]", name)
    return Author(name, *((family, given) if is_known else ("", "")), person.orcid, person.identity)


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
        part=True,
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
        part=True,
        details=(*whole.details, *((words[name], value) for name, value in details.items() if value)),
    )


def gb7714(cited: Citation, accessed: str = "") -> str:
    """GB/T 7714-2025, data set, as the CSL style of 2026-05 prints it; `accessed` is the day on which a reader looked,
    as `2027-01-31`. Without it there is a gap in its place, for the reader to fill in."""
    issued = f"（{cited.issued.isoformat()}）" if cited.issued else ""
    looked = f"[{accessed or texts('citation', cited.language)['accessed']}]"
    identifier = cited_first(cited.identifiers)
    parts = [
        _responsible(cited).rstrip("."),
        f"{cited.title}[DS/OL]",
        f"V{cited.version}",
        f"{cited.container or cited.publisher}{issued}{looked}",
        cited.address,
        *([identifier.named] if identifier else []),
    ]
    return f"{'. '.join(parts)}.{_located(cited)}"


def _responsible(cited: Citation) -> str:
    """The authors as the standard has them: family name and initials, and of more than three the first three."""
    comma, others = ("，", "等") if _is_chinese(cited.language) else (", ", "et al")
    names = [
        " ".join([author.family, *re.findall(r"(?<![^\s-])[^\s-]", author.given)]) if author.family else author.name
        for author in cited.authors
    ]
    return comma.join([*names[:3], others] if len(names) > 3 else names)


def apa(cited: Citation, accessed: str = "") -> str:
    """APA, 7th edition, data set; what it says in brackets is in the language of the citation. The day on which a
    reader looked is only named where what is at the address changes."""
    words = texts("citation", cited.language)
    year = str(cited.issued.year) if cited.issued else words["apa_undated"]
    publisher = f"{cited.publisher}. " if cited.publisher != cited.author else ""
    doi = next((identifier for identifier in cited.identifiers if identifier.type == "DOI"), None)
    place = cited.address
    if cited.lasting:
        place = words["apa_retrieved"].format(day=accessed or f"[{words['accessed']}]", address=place)
    elif doi and not cited.part:
        place = doi.address
    return (
        f"{cited.author}. ({year}). {cited.title} ({words['apa_version']} {cited.version}) [{words['apa_kind']}]. "
        f"{publisher}{place}{_located(cited)}"
    )


# What each style of a sentence is called, and what writes it.
SENTENCES: Mapping[str, tuple[str, Callable[[Citation, str], str]]] = {
    "gb7714": ("GB/T 7714-2025", gb7714),
    "apa": ("APA", apa),
}


def plain_citation(cited: Citation) -> str:
    """The sentence for files that hold one citation."""
    return SENTENCES[cited.styles[0]][1](cited, "")


def sentences(cited: Citation) -> list[tuple[str, str]]:
    """(name of the style, sentence) in every style that the publication has, in the order of files: one for all
    languages."""
    return [(label, write(cited, "")) for style, (label, write) in SENTENCES.items() if style in cited.styles]


def bibtex(cited: Citation, accessed: str = "", *more: str) -> str:
    """An entry that BibTeX and biblatex both read; names are in braces, so that they are not taken apart.

    It has no `howpublished`, which pandoc takes for the publisher. The styles of plain BibTeX know neither `@dataset`
    nor `version` nor `url`, so the note repeats both. `accessed` is the day on which a reader looked, `more` are parts
    of the note that are TeX already.
    """
    issued, address = cited.issued, cited.address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
    version = f"{texts('citation', cited.language)['version']} {_tex(cited.version)}"
    fields = {
        "author": " and ".join(
            _tex(f"{author.family}, {author.given}") if author.family else f"{{{_tex(author.name)}}}"
            for author in cited.authors
        ),
        "title": f"{{{_tex(cited.title)}}}",
        "year": issued and issued.year,
        "month": issued and issued.month,
        "date": issued,
        "publisher": f"{{{_tex(cited.publisher)}}}",
        "version": _tex(cited.version),
        "doi": value_of(cited.identifiers, "DOI"),
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
        *(("AU", f"{author.family}, {author.given}" if author.family else author.name) for author in cited.authors),
        ("TI", cited.title),
        ("T2", "" if cited.container == cited.publisher else cited.container),
        ("PB", cited.publisher),
        ("PY", str(cited.issued.year) if cited.issued else ""),
        ("DA", cited.issued.strftime("%Y/%m/%d/") if cited.issued else ""),
        ("ET", cited.version),
        ("LA", cited.language),
        ("AB", cited.abstract),
        *(("KW", keyword) for keyword in cited.keywords),
        *(("N1", detail) for detail in _detailed(cited)),
        ("DO", value_of(cited.identifiers, "DOI")),
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
            "author": [
                {"family": author.family, "given": author.given} if author.family else {"literal": author.name}
                for author in cited.authors
            ],
            "publisher": cited.publisher,
            "container-title": "" if cited.container == cited.publisher else cited.container,
            "version": cited.version,
            "language": cited.language,
            "URL": cited.address,
            # Styles print it in the place of the address, which leads to the part.
            "DOI": "" if cited.part else value_of(cited.identifiers, "DOI"),
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
        "authors": list(map(_cff_author, cited.authors)),
        "version": cited.version,
        "date-released": cited.issued,
        "doi": value_of(cited.identifiers, "DOI"),
        "identifiers": [
            {"type": "doi", "value": identifier.value}
            if identifier.type == "DOI"
            else {"type": "other", "value": identifier.address, "description": identifier.type}
            for identifier in cited.identifiers
        ],
        "url": cited.address,
        "abstract": cited.abstract,
        "keywords": list(cited.keywords),
        "license": cited.license if re.fullmatch(r"[A-Za-z0-9.+-]+", cited.license) else "",
    }
    written = yaml.safe_dump(without_empty(content), allow_unicode=True, sort_keys=False, width=1000)
    return f"# {texts('citation', cited.language)['beside']}\n{written}"


def _cff_author(author: Author) -> dict[str, Any]:
    """A person where the parts of the name are known, else an entity; only the latter has an address for a ROR."""
    if author.family:
        return without_empty({"family-names": author.family, "given-names": author.given, "orcid": author.address})
    key = "orcid" if author.orcid else "website"
    return without_empty({"name": author.name, key: author.address})


@dataclass(frozen=True)
class Template:
    """A citation of rows that a reader is still to choose: `text` holds SELECTION, URL and ACCESSED."""

    name: str
    label: str
    text: str


def templates(cited: Citation) -> tuple[Template, ...]:
    """Every style for a selection of rows, the one that readers of the language use first."""
    cited = replace(cited, address=URL, part=True)
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
