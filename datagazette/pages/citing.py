"""How a dataset, a release, a summary and a figure are cited, and what a search engine is told of a dataset."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from datagazette.describe import citation
from datagazette.describe.citation import Citation
from datagazette.describe.schema_org import schema_org
from datagazette.describe.values import filled
from datagazette.model.directions import in_json
from datagazette.model.results import FigureResult, ReleaseResult, SummaryResult
from datagazette.pages.reader import Reader


@dataclass(frozen=True)
class CitationView:
    """One style; `code` is shown as it stands, line by line."""

    name: str
    style: str
    text: str
    code: bool = False


Styles = tuple[CitationView, ...]


def styles(cited: Citation) -> Styles:
    """All styles, the one that readers of this language use first."""
    sentences = [
        CitationView("gb7714", "GB/T 7714", citation.gb7714(cited)),
        CitationView("apa", "APA", citation.apa(cited)),
    ]
    if not cited.language.startswith("zh"):
        sentences.reverse()
    item = in_json(json.dumps([citation.csl(cited)], ensure_ascii=False, indent=2))
    codes = [
        CitationView("bibtex", "BibTeX", citation.bibtex(cited).strip(), code=True),
        CitationView("ris", "RIS", citation.ris(cited).strip("\r\n"), code=True),
        CitationView("csl", "CSL-JSON", item, code=True),
    ]
    return (*sentences, *codes)


def release_citations(reader: Reader, result: ReleaseResult) -> Styles:
    return styles(citation.cite_release(reader.content.catalog, result.release, reader.language))


def dataset_citations(reader: Reader, result: ReleaseResult) -> Styles:
    """The dataset at its lasting address, whichever release is the newest."""
    return styles(citation.cite_dataset(reader.content.catalog, result.release, reader.language))


def summary_citations(reader: Reader, result: ReleaseResult, found: SummaryResult) -> Styles:
    summary = filled(found).summary
    return styles(citation.cite_summary(reader.content.catalog, result.release, summary, reader.language))


def figure_citations(reader: Reader, result: ReleaseResult) -> Mapping[str, Styles]:
    """By the figures' names: each with the cell that it is, its caveats and the sum of its file."""
    return {one.figure.name: styles(_figure(reader, result, one)) for one in result.figures}


def _figure(reader: Reader, result: ReleaseResult, found: FigureResult) -> Citation:
    figure = found.figure
    file = result.file(f"{figure.resource}.csv" if figure.resource else f"summaries/{figure.summary}.csv")
    return citation.cite_figure(
        reader.content.catalog, result.release, found, file.sha256 if file else "", reader.language
    )


def json_ld(reader: Reader, result: ReleaseResult, newest: bool) -> str:
    """The dataset in schema.org's words."""
    regions = [reader.region(code) for code in result.release.spatial]
    described = schema_org(reader.content.publication, result, reader.language, regions, newest)
    return json.dumps(described, ensure_ascii=False)
