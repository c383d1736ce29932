"""DCAT-AP and schema.org as harvesters and search engines read them."""

from __future__ import annotations

import json
from pathlib import Path

import extruct
import pyshacl
import pytest
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, RDF

from tests.readers.conftest import Json, releases

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
SHAPES = Path(__file__).with_name("dcat-ap.ttl")


def graph_of(site: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(site / "catalog.jsonld", format="json-ld")


@pytest.mark.sample(1)
def test_the_catalogue_obeys_dcat_ap(site: Path) -> None:
    graph = graph_of(site)
    conforms, _, text = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(SHAPES))
    assert conforms, text
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == len(list(site.glob("data/*")))
    assert isomorphic(graph, rdflib.Graph().parse(site / "catalog.ttl"))


def test_the_shapes_find_what_is_missing(nasty_site: Path) -> None:
    graph = graph_of(nasty_site)
    first = min(graph.subjects(RDF.type, DCAT.Distribution))
    graph.remove((first, DCAT.accessURL, None))
    conforms, _, text = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(SHAPES))
    assert not conforms
    assert "accessURL" in text


def test_the_context_needs_no_other_host(site: Path) -> None:
    described = json.loads((site / "catalog.jsonld").read_text("utf-8"))
    assert isinstance(described["@context"], dict)


@pytest.mark.sample(1)
def test_dataset_pages_tell_search_engines_what_they_ask(site: Path) -> None:
    for name in {folder.parent.name for folder in releases(site)}:
        for page in site.glob(f"**/datasets/{name}/index.html"):
            found = dataset_of(page)
            assert 50 <= len(found["description"]) <= 5000, page
            for key in ("name", "creator", "license", "citation", "distribution", "variableMeasured", "keywords"):
                assert found.get(key), (page, key)
            assert found["version"]
            assert {one["encodingFormat"] for one in found["distribution"]} >= {"text/csv", "application/zip"}
            sums = (site / "data" / name / found["version"] / "SHA256SUMS").read_text("utf-8")
            for one in found["distribution"]:
                assert one["sha256"] in sums


@pytest.mark.shipped
def test_times_and_places_are_described(own_site: Path) -> None:
    found = dataset_of(own_site / "datasets/ningxia-certified-workers/index.html")
    assert found["spatialCoverage"][0]["name"]
    assert found["temporalCoverage"]


def dataset_of(page: Path) -> Json:
    blocks = extruct.extract(page.read_text("utf-8"), syntaxes=["json-ld"], errors="strict")["json-ld"]
    (found,) = [one for one in blocks if one.get("@type") == "Dataset"]
    return dict(found)
