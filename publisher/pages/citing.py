"""How a release is cited, and what a search engine is told: `describe` in the form that pages need."""

from __future__ import annotations

import json
from dataclasses import dataclass

from publisher.describe import citation
from publisher.describe.schema_org import schema_org
from publisher.pages.reader import Reader
from publisher.results import ReleaseResult


@dataclass(frozen=True)
class CitationView:
    """One style; `code` is shown as it stands, line by line."""

    name: str
    style: str
    text: str
    code: bool = False


def citations(reader: Reader, result: ReleaseResult) -> tuple[CitationView, ...]:
    """All styles, the one that readers of this language use first."""
    cited = citation.cite_release(reader.content.catalog, result.release, reader.language)
    sentences = [
        CitationView("gb7714", "GB/T 7714", citation.gb7714(cited)),
        CitationView("apa", "APA", citation.apa(cited)),
    ]
    if not reader.language.startswith("zh"):
        sentences.reverse()
    codes = [
        CitationView("bibtex", "BibTeX", citation.bibtex(cited).strip(), code=True),
        CitationView("ris", "RIS", citation.ris(cited).strip("\r\n"), code=True),
    ]
    return (*sentences, *codes)


def json_ld(reader: Reader, result: ReleaseResult, newest: bool) -> str:
    """The dataset in schema.org's words."""
    regions = [reader.region(code) for code in result.release.spatial]
    described = schema_org(reader.content.publication, result, reader.language, regions, newest)
    return json.dumps(described, ensure_ascii=False)
