"""Persistent identifiers: how they are read, which slips are noticed, and which files name them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rdflib
import yaml

from datagazette.describe import citation
from datagazette.describe.citation import cite_release
from datagazette.describe.datacite import datacite
from datagazette.describe.datapackage import datapackage
from datagazette.describe.json_ld import croissant
from datagazette.describe.listing import listing, lists
from datagazette.describe.schema_org import data_catalog, schema_org
from datagazette.describe.signposting import signposts
from datagazette.load.descriptors import Document, KeyReader
from datagazette.load.identity import read_identifiers, read_organisation, read_person
from datagazette.model.identifiers import Identifier, read_orcid, read_ror
from datagazette.model.problems import Problem
from datagazette.model.publication import Contributor, Dataset, Publication, Source
from datagazette.model.results import ReleaseResult, TableResult
from tests.formats.sample import CATALOG, people, words

DOI, CSTR, HANDLE = (
    Identifier("DOI", "10.5072/example"),
    Identifier("CSTR", "12345.11.example"),
    Identifier("Handle", "20.500.12345/example"),
)
ORCID, ROR = "0000-0002-1825-0097", "000000098"
PERSON = Contributor(words("周壮", "Josiah Carberry"), roles=("creator",), organization="A made-up university",
                     given_name="Josiah", family_name="Carberry", orcid=ORCID)  # fmt: skip
OFFICE = Contributor(words("调查办公室", "Survey office"), roles=("DataCollector",), ror=ROR)
RELEASE = people(
    identifiers=(DOI, CSTR),
    contributors=(PERSON, OFFICE),
    sources=(Source(words("来源", "Source"), "https://doi.org/10.5072/source"),),
)
NAMED = replace(CATALOG, publisher=replace(CATALOG.publisher, ror=ROR), identifiers=(HANDLE,))
RESULT = ReleaseResult(RELEASE, tuple(TableResult(one, 4, (), (), "") for one in RELEASE.tables), (), (), ())
PUBLICATION = Publication(Path("/nowhere"), NAMED, (Dataset("people", (RELEASE,)),))


def read(**written: object) -> tuple[KeyReader, list[Problem]]:
    problems: list[Problem] = []
    return KeyReader(Document("x.yaml", dict(written)), problems), problems


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("10.5072/example", DOI),
        ("doi:10.5072/example", DOI),
        ("DOI: 10.5072/example", DOI),
        ("https://doi.org/10.5072/example", DOI),
        ("http://dx.doi.org/10.5072/example", DOI),
        ({"type": "doi", "value": "https://doi.org/10.5072/example"}, DOI),
        ("CSTR:12345.11.example", CSTR),
        ("https://cstr.cn/12345.11.example", CSTR),
        ({"type": "CSTR", "value": "12345.11.example"}, CSTR),
        ("hdl:20.500.12345/example", HANDLE),
        ("https://hdl.handle.net/20.500.12345/example", HANDLE),
    ],
)
def test_an_identifier_is_read_as_people_copy_it(written: object, found: Identifier) -> None:
    reader, problems = read(identifiers=[written, written])
    assert read_identifiers(reader) == (found,)
    assert not problems


@pytest.mark.parametrize(
    ("written", "code", "rule"),
    [
        ("10.5072", "identifier-value", "short"),
        ("10.5072/exa mple", "identifier-value", "short"),
        ('doi:10.5072/"><script>', "identifier-value", "short"),
        ("doi:10.5072/" + "x" * 300, "identifier-value", "short"),
        ({"type": "DOI", "value": "11.5072/example"}, "identifier-value", ""),
        ({"type": "Handle", "value": "10.5072/example"}, "identifier-value", ""),
        ({"type": "Handel", "value": "20.1/x"}, "identifier-type", "near"),
        ({"type": "ISBN", "value": "1"}, "identifier-type", ""),
        ({"type": "DOI"}, "missing-key", ""),
        (5, "wrong-type", ""),
    ],
)
def test_what_is_none_is_reported_and_left_out(written: object, code: str, rule: str) -> None:
    reader, problems = read(identifiers=[written])
    assert not read_identifiers(reader)
    (fault,) = problems
    assert (fault.code, fault.severity) == (code, "error")
    if rule:
        assert dict(fault.values).get("rule", rule) == rule


def test_a_slip_in_an_orcid_or_a_ror_is_noticed_by_its_check_digits() -> None:
    assert read_orcid(f"https://orcid.org/{ORCID}") == (ORCID, "")
    assert read_orcid("000000021825009x") == ("", "7")
    assert read_ror(f"https://ror.org/{ROR}") == (ROR, "")
    assert read_ror("000000198") == ("", "95")
    for slip in range(10):
        swapped = ORCID[:18] + str(slip)
        assert (read_orcid(swapped)[0] == swapped) == (slip == 7)
    reader, problems = read(orcid="0000-0002-1825-0098", ror="x")
    assert not read_person(reader, "")
    assert not read_organisation(reader, "")
    assert [(fault.code, dict(fault.values)["rule"]) for fault in problems] == [
        ("not-an-orcid", "check"),
        ("not-a-ror", ""),
    ]


def test_a_link_to_an_orcid_is_one_and_a_wrong_link_is_only_a_link() -> None:
    reader, problems = read()
    assert read_person(reader, f"https://orcid.org/{ORCID}") == ORCID
    assert not read_person(reader, "https://orcid.org/0000-0002-1825-0098")
    assert read_organisation(reader, f"https://ror.org/{ROR}") == ROR
    assert not problems


def test_the_descriptor_has_them_in_the_words_of_the_standard() -> None:
    described = datapackage(PUBLICATION, RESULT)
    assert described["id"] == "https://doi.org/10.5072/example"
    assert described["identifiers"] == [{"type": "DOI", "value": DOI.value}, {"type": "CSTR", "value": CSTR.value}]
    person, office = described["contributors"]
    assert person["path"] == f"https://orcid.org/{ORCID}"
    assert (person["orcid"], person["givenName"], office["ror"]) == (ORCID, "Josiah", ROR)


def test_search_engines_read_them() -> None:
    described = schema_org(PUBLICATION, RESULT, "en")
    page, doi, cstr = described["identifier"]
    assert page == "https://data.example.org/base/datasets/people/1.1.0/"
    assert (doi["value"], doi["url"]) == ("doi:10.5072/example", "https://doi.org/10.5072/example")
    assert cstr["propertyID"] == "CSTR"
    assert described["sameAs"] == ["https://doi.org/10.5072/example", "https://cstr.cn/12345.11.example"]
    assert described["creator"] == [
        {"@type": "Person", "@id": f"https://orcid.org/{ORCID}", "name": "Josiah Carberry",
         "sameAs": f"https://orcid.org/{ORCID}"}
    ]  # fmt: skip
    assert described["publisher"]["sameAs"] == f"https://ror.org/{ROR}"
    assert data_catalog(NAMED, (), "en")["identifier"][0]["value"] == "handle:20.500.12345/example"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")
def test_catalogues_have_them_beside_the_name_in_the_catalogue() -> None:
    found = dict(lists(PUBLICATION, (RESULT,), [listing(PUBLICATION, RESULT, {})]))
    graph = rdflib.Graph().parse(data=found["catalog.ttl"], format="turtle")
    adms, dct = rdflib.Namespace("http://www.w3.org/ns/adms#"), rdflib.Namespace("http://purl.org/dc/terms/")
    notation = rdflib.URIRef("http://www.w3.org/2004/02/skos/core#notation")
    values = {str(graph.value(node, notation)) for node in graph.objects(None, adms.identifier)}
    assert values == {each.address for each in (DOI, CSTR, HANDLE)}
    assert set(map(str, graph.objects(None, dct.creator))) == {f"https://orcid.org/{ORCID}"}
    assert (None, rdflib.OWL.sameAs, rdflib.URIRef(f"https://ror.org/{ROR}")) in graph
    assert json.loads(found["catalog.json"])["identifiers"] == [{"type": "Handle", "value": HANDLE.value}]


def test_croissant_and_signposts_lead_to_them() -> None:
    described = croissant(PUBLICATION, RESULT, {})
    assert described["sameAs"] == ["https://doi.org/10.5072/example", "https://cstr.cn/12345.11.example"]
    assert described["creator"][0]["@type"] == "sc:Person"
    links = [(link["rel"], link["href"]) for link in signposts(NAMED, RESULT)]
    assert links[:2] == [("cite-as", "https://doi.org/10.5072/example"), ("author", f"https://orcid.org/{ORCID}")]


def test_a_citation_file_names_a_person_and_the_identifiers() -> None:
    english: dict[str, Any] = yaml.safe_load(citation.citation_cff(cite_release(NAMED, RELEASE, "en")))
    assert english["authors"] == [
        {"family-names": "Carberry", "given-names": "Josiah", "orcid": f"https://orcid.org/{ORCID}"}
    ]
    assert english["doi"] == DOI.value
    assert [one["type"] for one in english["identifiers"]] == ["doi", "other"]
    chinese = yaml.safe_load(citation.citation_cff(cite_release(NAMED, RELEASE, "zh")))
    assert chinese["authors"] == [{"name": "周壮", "orcid": f"https://orcid.org/{ORCID}"}]


def test_datacite_gets_what_it_asks_of_whoever_registers_a_doi() -> None:
    described = datacite(PUBLICATION, RESULT)
    assert described["doi"] == DOI.value
    assert [title["lang"] for title in described["titles"]] == ["zh", "en"]
    (creator,) = described["creators"]
    assert creator["nameIdentifiers"][0]["nameIdentifier"] == f"https://orcid.org/{ORCID}"
    assert creator["affiliation"] == [{"name": "A made-up university"}]
    assert described["contributors"][0]["contributorType"] == "DataCollector"
    assert described["publisher"]["publisherIdentifier"] == f"https://ror.org/{ROR}"
    assert described["alternateIdentifiers"][1] == {
        "alternateIdentifier": CSTR.value, "alternateIdentifierType": "CSTR",
    }  # fmt: skip
    assert described["relatedIdentifiers"][-1]["relationType"] == "IsDerivedFrom"
    assert (described["publicationYear"], described["version"]) == ("2026", "1.1.0")


def test_a_release_without_any_is_described_as_before() -> None:
    plain = ReleaseResult(people(), (), (), (), ())
    publication = Publication(Path("/nowhere"), CATALOG, (Dataset("people", (people(),)),))
    described = datapackage(publication, plain)
    assert described["id"] == schema_org(publication, plain, "en")["identifier"]
    assert "identifiers" not in described
    assert "creator" in schema_org(publication, plain, "zh")
    assert "doi" not in datacite(publication, plain)
