"""The catalogue as CKAN's harvester (ckanext-dcat 2.4.4) takes it apart: by the first label, type and name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS
from rdflib.term import Literal, Node

from datagazette.describe.listing import listing, lists
from datagazette.model.publication import Catalog, Dataset, License, Publication
from datagazette.model.results import PublishedFile, ReleaseResult
from datagazette.model.text import Text
from tests.formats.sample import CATALOG, people, words

FILES = (
    PublishedFile("people.csv", "csv", 12, "ab" * 32, "text/csv", "people"),
    PublishedFile("people.parquet", "parquet", 12, "ab" * 32, "application/vnd.apache.parquet", "people"),
    PublishedFile("people.ndjson", "ndjson", 12, "ab" * 32, "application/x-ndjson", "people"),
    PublishedFile("people-1.1.0.zip", "zip", 99, "cd" * 32, "application/zip"),
)
RESULT = ReleaseResult(people(), (), (), (), (), None, FILES)
REGIONS = {"64": words("宁夏", "Ningxia")}


def catalogues(catalog: Catalog = CATALOG) -> dict[str, str]:
    publication = Publication(Path("/nowhere"), catalog, (Dataset("people", (RESULT.release,)),))
    return dict(lists(publication, [RESULT], [listing(publication, RESULT, REGIONS)]))


def read(text: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=text, format="turtle")


@pytest.fixture(scope="module")
def graph() -> rdflib.Graph:
    return read(catalogues()["catalog.ttl"])


def first(graph: rdflib.Graph, subject: Node, predicate: Node) -> Node:
    return next(graph.objects(subject, predicate))


def test_ckan_reads_csv_as_the_format_of_a_csv(graph: rdflib.Graph) -> None:
    found = {}
    for distribution in graph.subjects(RDF.type, DCAT.Distribution):
        form = first(graph, distribution, DCTERMS["format"])
        assert first(graph, form, RDF.type) == DCTERMS.IMT
        media = first(graph, distribution, DCAT.mediaType)
        names = str(first(graph, form, RDFS.label)), str(first(graph, media, RDFS.label))
        found[str(first(graph, distribution, DCTERMS.title))] = names
    assert found == {
        "people.csv": ("CSV", "text/csv"),
        "people.parquet": ("Parquet", "application/vnd.apache.parquet"),
        "people.ndjson": ("NDJSON", "application/x-ndjson"),
        "people-1.1.0.zip": ("ZIP", "application/zip"),
    }


@pytest.mark.parametrize("name", ["foaf:name of the publisher", "vcard:fn of the contact"])
def test_a_name_is_there_in_each_language_and_in_english_first(graph: rdflib.Graph, name: str) -> None:
    if name.startswith("foaf"):
        subject, predicate = next(graph.objects(None, DCTERMS.publisher)), FOAF.name
    else:
        vcard = rdflib.Namespace("http://www.w3.org/2006/vcard/ns#")
        subject, predicate = next(graph.objects(None, DCAT.contactPoint)), vcard.fn
    languages = [value.language for value in graph.objects(subject, predicate) if isinstance(value, Literal)]
    assert languages == ["en", "zh"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_catalogue_in_one_language_mixes_no_names_or_keywords_of_another(language: str) -> None:
    graph = read(catalogues()[f"catalog.{language}.ttl"])
    found = {value.language for value in graph.objects() if isinstance(value, Literal) and value.language}
    licences = {"en"}  # by the one name that CKAN's register has
    assert found == {language} | licences
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    assert [str(value) for value in graph.objects(dataset, DCAT.keyword)] == [RESULT.release.keywords[language][0]]
    (page,) = graph.objects(dataset, DCAT.landingPage)
    assert ("/en/" in str(page)) == (language == "en")


def test_a_text_that_a_language_lacks_is_kept_in_another() -> None:
    result = replace(RESULT, release=people(title=Text((("zh", "各地人口"),)), keywords={"zh": ("人口",)}))
    publication = Publication(Path("/nowhere"), CATALOG, (Dataset("people", (result.release,)),))
    files = dict(lists(publication, [result], [listing(publication, result, {})]))
    (dataset,) = (graph := read(files["catalog.en.ttl"])).subjects(RDF.type, DCAT.Dataset)
    assert list(graph.objects(dataset, DCTERMS.title)) == [Literal("各地人口", "zh")]
    assert list(graph.objects(dataset, DCAT.keyword)) == [Literal("人口", "zh")]


def test_a_publication_in_one_language_has_one_catalogue_of_each_kind() -> None:
    files = catalogues(replace(CATALOG, languages=("zh",)))
    assert [path for path in files if path.startswith("catalog.")] == ["catalog.json", "catalog.jsonld", "catalog.ttl"]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("CC-BY-4.0", "Creative Commons Attribution"),
        ("CC-BY-SA-3.0", "Creative Commons Attribution Share-Alike"),
        ("CC0-1.0", "Creative Commons CCZero"),
        ("ODbL-1.0", "Open Data Commons Open Database License (ODbL)"),
    ],
)
def test_ckan_knows_a_licence_by_the_title_of_its_family(name: str, known: str) -> None:
    graph = read(
        catalogues(replace(CATALOG, licenses=(License(name, words("许可", "Own"), "https://x.example/"),)))[
            "catalog.ttl"
        ]
    )
    assert list(graph.objects(rdflib.URIRef("https://x.example/"), DCTERMS.title)) == [Literal(known, "en")]


def test_a_licence_of_no_known_family_has_its_own_title() -> None:
    own = License("CC-BY-ND-4.0", words("不得演绎", "No derivatives"), "https://x.example/")
    graph = read(catalogues(replace(CATALOG, licenses=(own,)))["catalog.ttl"])
    titles = set(graph.objects(rdflib.URIRef("https://x.example/"), DCTERMS.title))
    assert titles == {Literal("No derivatives", "en"), Literal("不得演绎", "zh")}


def test_a_region_has_its_name(graph: rdflib.Graph) -> None:
    (region,) = graph.objects(None, DCTERMS.spatial)
    assert set(graph.objects(region, SKOS.prefLabel)) == {Literal("Ningxia", "en"), Literal("宁夏", "zh")}
