"""A release is removed: nothing of it is left in the site, in what builds keep or in the tree that was replaced."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import yaml

from tests.conftest import call_build, once, publish, tree_hashes
from tests.host import host
from tests.removal.publication import NAME, NAME_ZH, NUMBER, people, read, write
from tests.removal.traces import traces

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

SECRETS = (NAME, NAME_ZH, NUMBER, NAME.split()[0])
REASON = {"zh": "名单含有个人信息。", "en": "The list held personal data."}
WHY = ("--reason", REASON["zh"], "--reason-en", REASON["en"])
LANGUAGES = (("zh", ""), ("en", "en/"))


def _whole(folder: Path) -> None:
    """`people` 1.1.0, the newest, has what must go; `alone` has no other release."""
    root = folder / "lists"
    versions = {"1.0.0": people(secret=False), "1.1.0": people(secret=True, count=30), "1.2.0": people(secret=False)}
    write(root, versions)
    shutil.copytree(root / "datasets/people/1.1.0", root / "datasets/alone/1.0.0")
    ledger = yaml.safe_load((root / "datasets/people/releases.yaml").read_text("utf-8"))
    descriptor = root / "datasets/alone/1.0.0/datapackage.yaml"
    text = descriptor.read_text("utf-8").replace("name: people\nversion: 1.1.0", "name: alone\nversion: 1.0.0")
    descriptor.write_text(text, "utf-8")
    entry = {**{key: ledger["releases"][0][key] for key in ("version", "date", "changes", "changes@en")},
             "files": tree_hashes(root / "datasets/alone/1.0.0")}  # fmt: skip
    (root / "datasets/alone/releases.yaml").write_text(
        yaml.safe_dump({"releases": [entry]}, allow_unicode=True), "utf-8"
    )
    assert call_build("record", "alone", "--root", root).status == 0
    publish(root, folder / "public")
    publish(root, root / "public")
    shutil.copytree(folder / "public/data/people/1.1.0", folder / "copy")
    shutil.copytree(root / "public", folder / "before")
    shutil.copytree(root / "build", folder / "built")
    for number, arguments in enumerate((("people", "1.1.0", "--instead", "1.2.0"), ("alone", "1.0.0"))):
        done = call_build("remove", *arguments, *WHY, "--root", root)
        assert done.status == 0, done.said
        (folder / f"said{number}").write_text(done.out, "utf-8")
    shutil.rmtree(root / "build", ignore_errors=True)
    shutil.copytree(folder / "built", root / "build")  # as on another machine, which has not heard of it
    publish(root, root / "public")


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return once(shared / "removed-release", _whole)


def test_it_was_in_every_form_before(folder: Path) -> None:
    found = traces(folder / "before", SECRETS)
    kinds = {Path(place.partition(":")[0]).suffix for place in found}
    assert {".html", ".csv", ".json", ".parquet", ".xlsx", ".zip", ".gz", ".ndjson", ".svg", ".bin"} <= kinds
    assert any("pagefind" in place for place in found)
    assert any("latest/" in place for place in found)
    assert traces(folder / "built", SECRETS)


def test_nothing_is_left_of_it(root: Path) -> None:
    assert traces(root, SECRETS) == []


def test_what_is_left_of_the_tree_before_is_nothing(root: Path) -> None:
    publish(root, root / "public", "--force")
    assert traces(root, SECRETS) == []


def test_its_addresses_answer_that_there_is_nothing(folder: Path, site: Path) -> None:
    before = {
        path.relative_to(folder / "before").as_posix() for path in (folder / "before").rglob("*") if path.is_file()
    }
    own = sorted(path for path in before if path.startswith(("data/people/1.1.0/", "data/alone/")))
    assert len(own) > 40
    with host(site) as address:
        for path in own:
            with pytest.raises(HTTPError) as refused:
                urlopen(f"{address}{path}")
            refused.value.close()
            assert refused.value.code == 404
        for path in (
            "datasets/people/1.1.0/",
            "datasets/alone/",
            "datasets/alone/1.0.0/",
            "data/people/1.0.0/people.csv",
        ):
            with urlopen(f"{address}{path}") as answer:
                assert answer.status == 200


@pytest.mark.parametrize(("language", "prefix"), LANGUAGES)
def test_its_page_says_who_when_why_and_what_instead(site: Path, language: str, prefix: str) -> None:
    page = (site / prefix / "datasets/people/1.1.0/index.html").read_text("utf-8")
    assert REASON[language] in page
    assert {"zh": "测试局", "en": "The test office"}[language] in page
    assert '<a href="../1.2.0/">1.2.0</a>' in page
    assert 'content="noindex' in page
    assert '"creativeWorkStatus": "Removed"' in page
    for path in ("datasets/alone/", "datasets/alone/1.0.0/"):
        page = (site / prefix / path / "index.html").read_text("utf-8")
        assert REASON[language] in page
        assert {"zh": "没有可以代替它的版本", "en": "No other release replaces it"}[language] in page
    listed = (site / prefix / "datasets/people/index.html").read_text("utf-8")
    assert {"zh": "1.1.0 版已于", "en": "Release 1.1.0 was removed on"}[language] in listed
    feed = (site / prefix / "feed.xml").read_text("utf-8")
    assert REASON[language] in feed
    own = ElementTree.parse(site / prefix / "datasets/alone/feed.xml").getroot()
    atom = "{http://www.w3.org/2005/Atom}"
    assert [entry.findtext(f"{atom}summary") for entry in own.findall(f"{atom}entry")] == [REASON[language]]


def test_every_list_that_programs_read_has_it(site: Path) -> None:
    (said,) = {one["name"]: one for one in read(site, "status.json")["datasets"]}["people"]["removed"]
    assert (said["version"], said["reason"], said["reason@en"], said["instead"]) == (
        "1.1.0", REASON["zh"], REASON["en"], "1.2.0",
    )  # fmt: skip
    for path, key in (("status.json", "datasets"), ("api/datasets.json", "datasets"), ("catalog.json", "resources")):
        listed = {one["name"]: one for one in read(site, path)[key]}
        assert listed["people"]["removed"] == [said]
        (gone,) = listed["alone"]["removed"]
        assert (gone["version"], gone["reason@en"]) == ("1.0.0", REASON["en"])
        assert "removed" not in listed["visits"]
    assert {one["name"]: one["state"] for one in read(site, "status.json")["datasets"]}["alone"] == "removed"
    assert read(site, "api/datasets/alone.json")["state"] == "removed"
    assert read(site, "api/datasets/people.json")["removed"] == [said]
    linked = {one["dct:identifier"]: one for one in read(site, "catalog.jsonld")["dcat:dataset"]}
    withdrawn = "http://publications.europa.eu/resource/authority/dataset-status/WITHDRAWN"
    assert linked["alone"]["adms:status"]["@id"] == withdrawn
    assert "dcat:distribution" not in linked["alone"]
    assert linked["people"]["dcat:hasVersion"][0]["adms:status"]["@id"] == withdrawn
    assert REASON["en"] in (site / "catalog.ttl").read_text("utf-8")


def test_a_copy_is_recognised_and_the_answer_says_what_became_of_it(root: Path, folder: Path) -> None:
    for name in ("people.csv", "people.parquet", "people-1.1.0.zip", "people-1.1.0.xlsx"):
        for language, said in (("en", "Removed on"), ("zh", "移除")):
            done = call_build("verify", folder / "copy" / name, "--root", root, language=language)
            assert (done.status, said in done.out, REASON[language] in done.out) == (0, True, True), done.said
            assert "1.2.0" in done.out
    link = call_build("verify", "https://lists.example.org/data/datasets/people/1.1.0/", "--root", root)
    assert "Removed on" in link.out
    gone = call_build("verify", "https://lists.example.org/data/data/alone/1.0.0/people.csv", "--root", root)
    assert "No release of this dataset is published any more." in gone.out


def test_the_work_tree_and_the_ledger_keep_no_row(root: Path) -> None:
    assert not (root / "datasets/people/1.1.0").exists()
    entry = yaml.safe_load((root / "datasets/people/releases.yaml").read_text("utf-8"))["releases"][1]
    assert entry["files"].keys() == {"people.csv"}
    assert "summaries/largest.csv" not in entry["published"]
    assert "changes" not in entry
    checked = call_build("check", "--root", root)
    assert checked.status == 0, checked.said


def test_the_command_lists_what_it_cannot_reach(folder: Path) -> None:
    said = (folder / "said0").read_text("utf-8")
    assert "people 1.1.0 is removed" in said
    for place in ("Forks and clones", "Artefacts, caches", "search engines", "Copies of readers"):
        assert place in said
    assert not any(secret in said for secret in SECRETS)


def test_a_removal_stays(root: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(root, tmp_path / "lists"))
    path = copy / "datasets/people/releases.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    content["releases"][1]["removed"]["reason@en"] = "Another reason."
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    built = call_build("build", "--root", copy, "--out", copy / "public")
    assert built.status == 1
    assert "It cannot be undone or reworded" in built.err
    (copy / "datasets/people/1.1.0").mkdir()
    (copy / "datasets/people/1.1.0/people.csv").write_text("id\n", "utf-8")
    checked = call_build("check", "--root", copy)
    assert (checked.status, "removed-data-there" in checked.out + checked.err) == (1, True)
