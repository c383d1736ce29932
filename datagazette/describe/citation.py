"""Citations: of a dataset, a release, a summary or a single figure, in the styles that people are asked for.

Values that reach BibTeX, RIS and YAML are untrusted; each format escapes its special characters.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import yaml

from datagazette.describe import addresses
from datagazette.describe.values import cell
from datagazette.messages import texts
from datagazette.model.publication import Catalog, Release, Summary
from datagazette.model.results import FigureResult


@dataclass(frozen=True)
class Citation:
    """What a citation says, in one language. `details` locate a figure: (`table`, `certified`), (`row`, `B05`), ...

    `key` names it in a bibliography. `issued` is None for a draft.
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


def cite_dataset(catalog: Catalog, release: Release, language: str) -> Citation:
    """The dataset at its lasting address, which shows the newest release."""
    cited = cite_release(catalog, release, language)
    return replace(cited, key=release.dataset, address=addresses.dataset_page(catalog, release.dataset, language))


def cite_release(catalog: Catalog, release: Release, language: str) -> Citation:
    """The release with the names and terms under which it was published."""
    catalog = catalog.as_of(release)
    authors = [
        contributor.title.get(language)
        for contributor in release.contributors
        if "creator" in contributor.roles or not contributor.roles
    ]
    return Citation(
        key=release.id,
        title=release.title.get(language) or release.dataset,
        author=("，" if language.startswith("zh") else ", ").join(filter(None, authors))
        or catalog.publisher.title.get(language),
        publisher=catalog.publisher.title.get(language),
        version=str(release.version),
        issued=release.date,
        address=addresses.release_page(catalog, release, language),
        language=language,
        license=next((license_.name or license_.path for license_ in release.licenses or catalog.licenses), ""),
        container=catalog.title.get(language),
        abstract=release.description.get(language),
        keywords=tuple(release.keywords.get(language, ())),
    )


def cite_summary(catalog: Catalog, release: Release, summary: Summary, language: str) -> Citation:
    """`summary` with its placeholders filled, as `SummaryResult.summary` has it."""
    whole = cite_release(catalog, release, language)
    return replace(
        whole,
        key=f"{release.id}-{summary.name}",
        title=f"{summary.title.get(language) or summary.name}{_colon(language)}{whole.title}",
        abstract=summary.description.get(language),
        address=addresses.summary_page(catalog, release, summary.name, language),
    )


def cite_figure(catalog: Catalog, release: Release, result: FigureResult, sha256: str, language: str) -> Citation:
    """One cell: release, table, key, field, value, caveats and the SHA-256 of its file."""
    figure, whole = result.figure, cite_release(catalog, release, language)
    place = figure.resource or figure.summary
    words = texts("citation", language)
    caveats = _semicolon(language).join(note.text.get(language).rstrip(".。") for note in result.notes if note.text)
    value = f"{cell(result.value)} {result.unit.get(language)}".strip()
    details = {
        "table": place,
        "key": figure.key,
        "field": figure.field,
        "value": " ".join(filter(None, (texts("bounds", language).get(result.bound, ""), value))),
        "date": result.date,
        "caveat": caveats,
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
        title=f"{figure.title.get(language) or figure.name}{_colon(language)}{whole.title}",
        address=address,
        details=tuple((words[name], value) for name, value in details.items() if value),
    )


def gb7714(cited: Citation, accessed: str = "") -> str:
    """GB/T 7714—2015, electronic resource; `accessed` is the day on which a reader looked, as `2027-01-31`."""
    issued = f"({cited.issued.isoformat()})" if cited.issued else ""
    looked = f"[{accessed}]" if accessed else ""
    when = f". {issued}{looked}" if issued or looked else ""
    version = f": {cited.version} 版" if cited.language.startswith("zh") else f": version {cited.version}"
    year = f", {cited.issued.year}" if cited.issued else ""
    return (
        f"{cited.author}. {cited.title}{version}[DS/OL]. {cited.publisher}{year}{when}. {cited.address}."
        f"{_located(cited)}"
    )


def apa(cited: Citation) -> str:
    """APA, 7th edition, data set."""
    year = str(cited.issued.year) if cited.issued else "n.d."
    publisher = f"{cited.publisher}. " if cited.publisher != cited.author else ""
    return (
        f"{cited.author}. ({year}). {cited.title} (Version {cited.version}) [Data set]. "
        f"{publisher}{cited.address}{_located(cited)}"
    )


def plain_citation(cited: Citation) -> str:
    """The sentence for files that hold one citation: GB/T 7714 in Chinese, APA otherwise."""
    return gb7714(cited) if cited.language.startswith("zh") else apa(cited)


def bibtex(cited: Citation) -> str:
    """An entry that BibTeX and biblatex both read; names are in braces, so that they are not taken apart."""
    fields = {
        "author": "{" + _tex(cited.author) + "}",
        "title": "{" + _tex(cited.title) + "}",
        "year": str(cited.issued.year) if cited.issued else "",
        "month": str(cited.issued.month) if cited.issued else "",
        "date": cited.issued.isoformat() if cited.issued else "",
        "publisher": "{" + _tex(cited.publisher) + "}",
        "version": cited.version,
        "url": _url(cited.address),
        "howpublished": "\\url{" + _url(cited.address) + "}",
        "language": _tex(cited.language),
        "note": _tex("; ".join(_detailed(cited))),
    }
    key = re.sub(r"[^A-Za-z0-9._:-]+", "-", cited.key)
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}", ""])


def ris(cited: Citation) -> str:
    """RIS of type DATA; lines end with CRLF, as the format has it."""
    day = cited.issued.strftime("%Y/%m/%d/") if cited.issued else ""
    lines = [
        ("TY", "DATA"),
        ("ID", cited.key),
        ("AU", cited.author),
        ("TI", cited.title),
        ("T2", cited.container),
        ("PB", cited.publisher),
        ("PY", str(cited.issued.year) if cited.issued else ""),
        ("DA", day),
        ("ET", cited.version),
        ("LA", cited.language),
        ("AB", cited.abstract),
        *(("KW", word) for word in cited.keywords),
        *(("N1", said) for said in _detailed(cited)),
        ("UR", cited.address),
    ]
    written = [f"{tag}  - {_line(value)}" for tag, value in lines if value]
    return "\r\n".join([*written, "ER  - ", ""])


def csl(cited: Citation) -> dict[str, Any]:
    """One item of CSL-JSON."""
    described: dict[str, Any] = {
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
    }
    if cited.issued:
        described["issued"] = {"date-parts": [[cited.issued.year, cited.issued.month, cited.issued.day]]}
    return {key: value for key, value in described.items() if value}


def citation_cff(cited: Citation) -> str:
    """CITATION.cff 1.2.0 (https://citation-file-format.github.io/)."""
    chinese = cited.language.startswith("zh")
    message = "引用这些数据时，请使用以下信息。" if chinese else "Please cite these data as below."
    content: dict[str, Any] = {
        "cff-version": "1.2.0",
        "type": "dataset",
        "message": message,
        "title": cited.title,
        "authors": [{"name": cited.author}],
        "version": cited.version,
        "date-released": cited.issued,
        "url": cited.address,
        "abstract": cited.abstract,
        "keywords": list(cited.keywords),
        "license": cited.license if re.fullmatch(r"[A-Za-z0-9.+-]+", cited.license) else "",
    }
    kept = {key: value for key, value in content.items() if value}
    return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=1000)


SELECTION, URL, ACCESSED = "⟦selection⟧", "⟦url⟧", "⟦accessed⟧"


@dataclass(frozen=True)
class Template:
    """A citation of rows that a reader is still to choose: `text` holds SELECTION, URL and ACCESSED."""

    name: str
    label: str
    text: str


def templates(cited: Citation) -> tuple[Template, ...]:
    """Every style for a selection of rows, the one that readers of the language use first."""
    cited = replace(cited, address=URL, details=())
    sentences = [
        Template("gb7714", "GB/T 7714", f"{gb7714(cited, ACCESSED)} {SELECTION}"),
        Template("apa", "APA", f"{apa(cited)} [{SELECTION}]"),
    ]
    if not cited.language.startswith("zh"):
        sentences.reverse()
    entry = bibtex(cited).rstrip().removesuffix("}")
    record = ris(cited).removesuffix("ER  - \r\n")
    item = {**csl(cited), "note": SELECTION, "accessed": {"raw": ACCESSED}}
    return (
        *sentences,
        Template("bibtex", "BibTeX", f"{entry}  urldate = {{{ACCESSED}}},\n  note = {{{SELECTION}}},\n}}\n"),
        Template("ris", "RIS", f"{record}Y2  - {ACCESSED}\r\nN1  - {SELECTION}\r\nER  - \r\n"),
        Template("csl-json", "CSL-JSON", json.dumps([item], ensure_ascii=False, indent=2)),
    )


_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    sign: "\\" + sign for sign in "{}$&#%_"
}


def _tex(value: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in _line(value))


def _url(value: str) -> str:
    return value.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _line(value: str) -> str:
    """One line: a line break would begin another field. Control characters have no place in either format."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())


def _located(cited: Citation) -> str:
    said = _semicolon(cited.language).join(map(_line, _detailed(cited)))
    if not said:
        return ""
    return f"［{said}］" if cited.language.startswith("zh") else f" [{said}]"


def _detailed(cited: Citation) -> list[str]:
    return [f"{name}{_colon(cited.language)}{value}" for name, value in cited.details]


def _semicolon(language: str) -> str:
    return "；" if language.startswith("zh") else "; "


def _colon(language: str) -> str:
    return "：" if language.startswith("zh") else ": "
