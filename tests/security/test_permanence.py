"""A release is permanent: whoever changes or removes what it promised is refused by check, by diff and by a build."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from datagazette.build.build import Options, publish_site
from datagazette.build.steps import Reporter
from datagazette.commands.check import CheckOptions, check_targets
from datagazette.commands.diff import DiffOptions, diff
from datagazette.commands.release import record, release_draft
from datagazette.files import sha256
from datagazette.messages import LANGUAGES
from datagazette.model.errors import DataFaults
from datagazette.model.problems import Problem, fix, message
from tests.checkouts import git
from tests.conftest import PUBLICATIONS, call_build, once, tree_hashes

LEDGER = "datasets/counts/releases.yaml"
CATALOG = "datasets/catalog.yaml"
FROZEN = "datasets/counts/1.0.0"
Edit = Callable[[Path], None]
Found = set[tuple[str, str]]


def entries(root: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Rewrites the ledger of `counts`."""
    path = root / LEDGER
    ledger = yaml.safe_load(path.read_text("utf-8"))
    change(ledger)
    path.write_text(yaml.safe_dump(ledger, allow_unicode=True, sort_keys=False), "utf-8")


def entry(root: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Rewrites the entry of 1.0.0."""
    entries(root, lambda ledger: change(ledger["releases"][0]))


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def rehash(root: Path, name: str) -> None:
    digest = sha256(root / FROZEN / name)
    entry(root, lambda found: found["files"].update({name: digest}))


def edited_table(root: Path) -> None:
    """Another figure in a frozen table, and every trace of the old one taken out of the ledger."""
    replace(root / FROZEN / "counts.csv", "2021,120", "2021,121")
    rehash(root, "counts.csv")
    entry(root, lambda found: [found.pop(key, None) for key in ("published", "contents")] and None)


def renewed_hash(root: Path) -> None:
    replace(root / FROZEN / "counts.csv", "2021,120", "2021,121")
    rehash(root, "counts.csv")


def edited_schema(root: Path) -> None:
    replace(root / FROZEN / "schemas/counts.v1.yaml", "fields:", "description: 另一种说法\nfields:")
    rehash(root, "schemas/counts.v1.yaml")


def removed_version(root: Path) -> None:
    shutil.rmtree(root / FROZEN)
    entries(root, lambda ledger: ledger["releases"].pop(0))


def removed_entry(root: Path) -> None:
    entries(root, lambda ledger: ledger["releases"].pop(0))


def removed_ledger(root: Path) -> None:
    (root / LEDGER).unlink()


def removed_dataset(root: Path) -> None:
    shutil.rmtree(root / "datasets/counts")
    replace(root / CATALOG, "headlines: [{dataset: counts, figure: north}]\n", "")
    replace(root / CATALOG, "featured: {dataset: counts, summary: by-place}\n", "")


def renamed_version(root: Path) -> None:
    (root / FROZEN).rename(root / "datasets/counts/1.0.1")
    replace(root / "datasets/counts/1.0.1/datapackage.yaml", "version: 1.0.0", "version: 1.0.1")
    digest = sha256(root / "datasets/counts/1.0.1/datapackage.yaml")

    def change(found: dict[str, Any]) -> None:
        found["version"] = "1.0.1"
        found["files"]["datapackage.yaml"] = digest

    entry(root, change)


def moved_date(root: Path) -> None:
    entry(root, lambda found: found.update(date="2026-11-20"))


def reworded_changes(root: Path) -> None:
    entry(root, lambda found: found.update({"changes": "换个说法。"}))


def catalog_key(before: str, after: str) -> Edit:
    return lambda root: replace(root / CATALOG, before, after)


CASES: dict[str, tuple[Edit, Found]] = {
    "a frozen table edited with its hash": (edited_table, {("release-rewritten", "counts.csv")}),
    "a frozen table edited and the hash of the file renewed": (renewed_hash, {("release-rewritten", "counts.csv")}),
    "a frozen schema edited with its hash": (edited_schema, {("release-rewritten", "schemas/counts.v1.yaml")}),
    "a version removed with its entry": (removed_version, {("release-removed", "1.0.0")}),
    "an entry removed": (removed_entry, {("release-removed", "1.0.0")}),
    "a ledger removed": (removed_ledger, {("release-removed", "1.0.0"), ("release-removed", "1.1.0")}),
    "a dataset removed": (removed_dataset, {("release-removed", "1.0.0"), ("release-removed", "1.1.0")}),
    "a version renamed": (renamed_version, {("release-removed", "1.0.0"), ("release-rewritten", "inserted")}),
    "a date changed": (moved_date, {("release-rewritten", "date")}),
    "changes reworded": (reworded_changes, {("release-rewritten", "changes")}),
    "another publisher": (
        catalog_key("title@en: The testers", "title@en: Others"), {("catalog-rewrites-releases", "publisher")}
    ),
    "another address": (
        catalog_key("small.example.org", "other.example.org"), {("catalog-rewrites-releases", "baseUrl")}
    ),
    "another licence": (catalog_key("CC-BY-4.0", "CC0-1.0"), {("catalog-rewrites-releases", "licenses")}),
    "another language first": (catalog_key("[zh, en]", "[en, zh]"), {("catalog-rewrites-releases", "languages")}),
}  # fmt: skip
PERMANENT = {"release-removed", "release-rewritten", "catalog-rewrites-releases"}


def broken(problems: tuple[Problem, ...]) -> Found:
    """What of the promises is broken: the code, and the file, the key, the rule or the version that it names."""
    found = set()
    for one in problems:
        values = dict(one.values)
        if one.code in PERMANENT:
            assert one.severity == "error"
            said = [message(one, language) + fix(one, language) for language in LANGUAGES]
            assert all("$" not in text for text in said), said
            named = values.get("path") or values.get("key") or values.get("rule") or values["version"]
            assert all(named in text or named == values.get("rule") for text in said)
            found.add((one.code, named))
    return found


def checked(root: Path, base: str | None = None) -> Found:
    return broken(check_targets(CheckOptions(root, jobs=1, changed_since=base)).problems)


def differing(root: Path, base: str | None = None) -> Found:
    return broken(diff(DiffOptions(root, base)).problems)


def commit(root: Path, words: str = "A change") -> None:
    git(root, "add", "-A")
    git(root, "commit", "-qm", words)


@pytest.fixture(scope="module")
def repository_once(shared: Path) -> Path:
    return once(shared / "permanent", _commit_publication)


def _commit_publication(root: Path) -> None:
    shutil.copytree(PUBLICATIONS / "small", root, ignore=shutil.ignore_patterns("build", ".*"))
    (root / ".gitignore").write_text("build/\npublic/\n")
    git(root, "init", "-q", "-b", "main")
    commit(root, "The publication")


@pytest.fixture
def repository(repository_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(repository_once, tmp_path / "small"))


@pytest.fixture(scope="module")
def recorded_once(shared: Path, repository_once: Path) -> Path:
    """The repository with the hashes of what it publishes, but without what the publication says of itself."""
    return once(shared / "permanent-recorded", lambda root: _record(repository_once, root))


def _record(repository: Path, root: Path) -> None:
    shutil.copytree(repository, root)
    record(root, jobs=1)
    for ledger in root.glob("datasets/*/releases.yaml"):
        kept = yaml.safe_load(ledger.read_text("utf-8"))
        for one in kept["releases"]:
            del one["imprint"]
        ledger.write_text(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False), "utf-8")
    commit(root, "Hashes")


@pytest.fixture
def recorded(recorded_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded_once, tmp_path / "recorded"))


@pytest.mark.sample(2)
@pytest.mark.parametrize("case", CASES)
def test_a_broken_promise_is_an_error_wherever_it_is_looked_for(repository: Path, case: str) -> None:
    edit, expected = CASES[case]
    edit(repository)
    assert checked(repository) == expected
    assert differing(repository) == expected
    commit(repository)
    assert checked(repository, "HEAD^1") == expected
    assert differing(repository, "HEAD^1") == expected


def test_a_ledger_with_published_hashes_promises_more(recorded: Path) -> None:
    edited_table(recorded)
    gone = ("counts.csv", "counts-1.0.0.zip", "counts.parquet", "SHA256SUMS")
    assert checked(recorded) >= {("release-rewritten", name) for name in gone}


def test_a_folder_as_base_is_held_to_the_same(repository: Path, repository_once: Path) -> None:
    moved_date(repository)
    assert checked(repository, str(repository_once)) == {("release-rewritten", "date")}
    assert differing(repository, str(repository_once)) == {("release-rewritten", "date")}


@pytest.mark.parametrize("name", ["a version removed with its entry", "a ledger removed", "a dataset removed"])
def test_what_a_commit_took_away_is_missed_by_a_check_without_a_base(repository: Path, name: str) -> None:
    edit, expected = CASES[name]
    edit(repository)
    commit(repository)
    (repository / "note.txt").write_text("another commit")
    commit(repository)
    assert checked(repository) == expected


def test_what_a_commit_took_away_may_be_put_back(repository: Path) -> None:
    removed_version(repository)
    commit(repository)
    git(repository, "checkout", "HEAD^1", "--", "datasets")
    assert checked(repository) == set()
    commit(repository)
    assert checked(repository) == checked(repository, "HEAD^1") == set()


def test_a_release_that_a_branch_made_and_took_back_is_not_missed_after_the_merge(repository: Path) -> None:
    git(repository, "switch", "-qc", "branch")
    release_draft(repository, "visits", {"": "首次发布。", "en": "First release."})
    commit(repository, "Released")
    git(repository, "revert", "--no-edit", "HEAD")
    git(repository, "switch", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "Merged", "branch")
    assert checked(repository) == set()


def test_without_git_or_history_there_is_nothing_to_hold_a_ledger_against(small: Path) -> None:
    moved_date(small)
    assert checked(small) == set()
    git(small, "init", "-q")
    assert checked(small) == set()


def test_a_shallow_clone_knows_what_its_commit_has(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "clone")
    assert checked(tmp_path / "clone") == set()
    moved_date(tmp_path / "clone")
    assert checked(tmp_path / "clone") == {("release-rewritten", "date")}


def shortened_hashes(root: Path) -> None:
    """Two forms of a file were published; the first hash is dropped."""
    entry(root, lambda found: found["published"].update({"counts.parquet": found["published"]["counts.parquet"][1:]}))


def second_form(found: dict[str, Any]) -> None:
    found["published"]["counts.parquet"] = [found["published"]["counts.parquet"], "0" * 64]


def two_forms_for_data(found: dict[str, Any]) -> None:
    found["published"]["counts.csv"] = [found["published"]["counts.csv"], "0" * 64]


def withdrawn(found: dict[str, Any]) -> None:
    found["withdrawn"] = {"date": "2027-01-01", "reason": "重复计算"}


def restyled(root: Path) -> None:
    """The same ledger as JSON, which is YAML too."""
    ledger = yaml.safe_load((root / LEDGER).read_text("utf-8"))
    (root / LEDGER).write_text("# By another program\n" + yaml.safe_dump(ledger, default_flow_style=True), "utf-8")


def with_other_line_ends(root: Path) -> None:
    (root / LEDGER).write_bytes((root / LEDGER).read_bytes().replace(b"\n", b"\r\n"))


FINE: dict[str, Edit] = {
    "another form of a file": lambda root: entry(root, second_form),
    "withdrawn": lambda root: entry(root, withdrawn),
    "renamed": lambda root: entries(root, lambda ledger: ledger.update(renamedTo="places")),
    "in another style": restyled,
    "with other line ends": with_other_line_ends,
    "a release at the end": lambda root: release_draft(root, "visits", {"": "首次发布。"}) and None,
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("case", FINE)
def test_what_is_only_added_or_written_otherwise_is_fine(recorded: Path, case: str) -> None:
    FINE[case](recorded)
    assert checked(recorded) == set()
    commit(recorded)
    assert checked(recorded, "HEAD^1") == set()
    assert differing(recorded, "HEAD^1") == set()


TAKEN_BACK: dict[str, tuple[Edit, Edit, Found]] = {
    "a hash dropped": (
        lambda root: entry(root, second_form), shortened_hashes, {("release-rewritten", "counts.parquet")}
    ),
    "a second hash for data": (
        lambda root: None, lambda root: entry(root, two_forms_for_data), {("release-rewritten", "counts.csv")}
    ),
    "contents dropped": (
        lambda root: None, lambda root: entry(root, lambda found: found["contents"].pop("counts.parquet")),
        {("release-rewritten", "counts.parquet")},
    ),
    "a withdrawal taken back": (
        lambda root: entry(root, withdrawn), lambda root: entry(root, lambda found: found.pop("withdrawn")),
        {("release-rewritten", "withdrawn")},
    ),
    "a withdrawal reworded": (
        lambda root: entry(root, withdrawn),
        lambda root: entry(root, lambda found: found["withdrawn"].update(reason="没有说明")),
        {("release-rewritten", "withdrawn")},
    ),
    "another new name": (
        lambda root: entries(root, lambda ledger: ledger.update(renamedTo="places")),
        lambda root: entries(root, lambda ledger: ledger.update(renamedTo="visits")),
        {("release-rewritten", "renamed")},
    ),
}  # fmt: skip


@pytest.mark.sample(2)
@pytest.mark.parametrize("case", TAKEN_BACK)
def test_what_was_added_is_permanent_from_then_on(recorded: Path, case: str) -> None:
    add, take_back, expected = TAKEN_BACK[case]
    add(recorded)
    git(recorded, "commit", "-qam", "Added", "--allow-empty")
    take_back(recorded)
    assert checked(recorded) == expected
    assert differing(recorded, "HEAD") == expected


def test_a_withdrawal_may_be_translated_later(repository: Path) -> None:
    entry(repository, withdrawn)
    commit(repository)
    entry(repository, lambda found: found["withdrawn"].update({"reason@en": "Counted twice"}))
    assert checked(repository) == set()


def test_entries_in_another_order_are_an_error(repository: Path) -> None:
    entries(repository, lambda ledger: ledger["releases"].reverse())
    found = check_targets(CheckOptions(repository, jobs=1)).problems
    assert "ledger-order" in {one.code for one in found if one.severity == "error"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_commands_say_what_is_broken_and_how_to_go_on(repository: Path, language: str) -> None:
    removed_ledger(repository)
    commit(repository)
    for command in (("check", "--changed-since", "HEAD^1"), ("diff", "--base", "HEAD^1")):
        done = call_build(*command, "--root", repository, language=language)
        assert done.status == 1
        assert "Traceback" not in done.said
        assert "counts 1.1.0" in done.out
        assert "withdrawn" in done.out
        assert "revise counts" in done.out


# What a release said of itself.


@pytest.mark.thorough
def test_a_release_keeps_what_the_publication_said_when_it_was_published(recorded: Path, tmp_path: Path) -> None:
    """Every key of the catalogue is another one, and no file of a release has another byte."""
    record(recorded, jobs=1)
    commit(recorded, "Imprints")
    build(recorded, tmp_path / "public")
    before = files_of_releases(tmp_path / "public")
    for old, new in (
        ("title@en: A small publication", "title@en: Another"),
        ("小型出版物", "另一种出版物"),
        ("供测试使用的两个数据集。", "另一种说明"),
        ("两个小数据集。", "另一句话"),
        ("publisher: {title: 测试者, title@en: The testers}", "publisher: {title: 别人, path: 'https://other.example.org'}"),
        ("data@example.org", "other@example.org"),
        ("small.example.org", "other.example.org"),
        ("[zh, en]", "[en, zh]"),
        ("CC-BY-4.0", "CC0-1.0"),
        ("title: 人口", "title: 人"),
    ):  # fmt: skip
        replace(recorded / CATALOG, old, new)
    assert checked(recorded) == set()
    build(recorded, tmp_path / "public")
    assert files_of_releases(tmp_path / "public") == before
    page = (tmp_path / "public/datasets/counts/1.0.0/index.html").read_text("utf-8")
    assert "https://small.example.org/data/" in page


def test_another_title_of_the_publication_is_a_warning(repository: Path) -> None:
    """It is one word of a citation, and a publication that keeps no imprints may change it."""
    replace(repository / CATALOG, "title@en: A small publication", "title@en: Another")
    found = check_targets(CheckOptions(repository, jobs=1)).problems
    (title,) = (one for one in found if one.code == "catalog-rewrites-releases")
    assert (title.severity, dict(title.values)["key"], title.line) == ("warning", "title", 2)


@pytest.mark.thorough
def test_an_imprint_that_says_something_else_is_refused(recorded: Path) -> None:
    """Recorded after the catalogue was changed, releases would say what they never said."""
    replace(recorded / CATALOG, "title@en: The testers", "title@en: Others")
    record(recorded, jobs=1)
    assert checked(recorded) == {("release-rewritten", "publisher")}


@pytest.mark.thorough
def test_an_imprint_stays(recorded: Path) -> None:
    record(recorded, jobs=1)
    commit(recorded)
    entry(recorded, lambda found: found["imprint"].update(baseUrl="https://other.example.org/"))
    assert checked(recorded) == {("release-rewritten", "baseUrl")}
    entry(recorded, lambda found: found.pop("imprint"))
    assert checked(recorded) == {("release-rewritten", "imprint")}


def test_a_new_release_has_an_imprint(repository: Path) -> None:
    release_draft(repository, "visits", {"": "首次发布。"})
    (made,) = yaml.safe_load((repository / "datasets/visits/releases.yaml").read_text("utf-8"))["releases"]
    assert made["imprint"] == {
        "title": "小型出版物", "title@en": "A small publication",
        "publisher": {"title": "测试者", "title@en": "The testers"},
        "baseUrl": "https://small.example.org/data/", "languages": ["zh", "en"],
        "licenses": [{
            "name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/",
            "title": "署名 4.0", "title@en": "Attribution 4.0",
        }],
    }  # fmt: skip
    commit(repository)
    replace(repository / CATALOG, "title@en: The testers", "title@en: Others")
    (found,) = (one for one in check_targets(CheckOptions(repository, jobs=1)).problems if one.code in PERMANENT)
    assert dict(found.values)["count"] == "3"


# The site that a build would replace.


@dataclass(frozen=True)
class Published:
    root: Path
    out: Path


def build(root: Path, out: Path, *, drafts: bool = False) -> None:
    publish_site(Options(root, out, jobs=1, drafts=drafts), Reporter(Console(quiet=True), "en"))


def files_of_releases(out: Path) -> dict[str, str]:
    """All but `latest/` and histories, which are of no release."""
    hashes = tree_hashes(out / "data")
    return {path: digest for path, digest in hashes.items() if "/latest/" not in path and path.count("/") > 1}


@pytest.fixture(scope="module")
def published_once(shared: Path, small_site: Path, recorded_once: Path, repository_once: Path) -> dict[str, Path]:
    """Two publications with their sites: one whose ledger has published hashes, and one without."""

    def publish(source: Path, root: Path) -> None:
        shutil.copytree(source, root)
        shutil.copytree(small_site.parent / "small/build", root / "build")
        build(root, root / "public")

    sources = {"with": recorded_once, "without": repository_once}
    return {name: once(shared / f"permanent-{name}", partial(publish, source)) for name, source in sources.items()}


@pytest.fixture(params=["with", "without"])
def published(published_once: dict[str, Path], tmp_path: Path, request: pytest.FixtureRequest) -> Published:
    root = Path(shutil.copytree(published_once[request.param], tmp_path / "published"))
    return Published(root, root / "public")


@pytest.mark.sample(1)
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_build_leaves_the_site_alone_where_a_release_would_be_another(published: Published, case: str) -> None:
    before = tree_hashes(published.out)
    if case == "a dataset removed":
        release_draft(published.root, "visits", {"": "首次发布。"})
    edit, expected = CASES[case]
    edit(published.root)
    with pytest.raises(DataFaults) as stopped:
        build(published.root, published.out)
    errors = {one.code for one in stopped.value.problems if one.severity == "error"}
    # Hashes that the ledger has kept stop a build before it looks at the site.
    assert broken(stopped.value.problems) == expected or errors <= {"published-file-differs", "published-file-gone"}
    assert tree_hashes(published.out) == before


@pytest.mark.thorough
@pytest.mark.slow
def test_a_site_says_of_a_release_what_its_ledger_does(published: Published) -> None:
    """Withdrawn and renamed on the site, and neither in the ledger."""
    entry(published.root, withdrawn)
    entries(published.root, lambda ledger: ledger.update(renamedTo="places"))
    build(published.root, published.out)
    entry(published.root, lambda found: found.pop("withdrawn"))
    entries(published.root, lambda ledger: ledger.pop("renamedTo"))
    with pytest.raises(DataFaults) as stopped:
        build(published.root, published.out)
    assert broken(stopped.value.problems) == {("release-rewritten", "withdrawn"), ("release-rewritten", "renamed")}


@pytest.mark.thorough
@pytest.mark.slow
def test_a_site_by_an_earlier_version_of_the_program_promises_its_files(published: Published) -> None:
    document = published.out / "api/datasets/counts.json"
    described = json.loads(document.read_text("utf-8"))
    del described["ledger"]
    document.unlink()
    document.write_text(json.dumps(described), "utf-8")
    edited_table(published.root)
    with pytest.raises(DataFaults) as stopped:
        build(published.root, published.out)
    assert "counts.csv" in {dict(one.values).get("path") for one in stopped.value.problems}
    removed_version(published.root)
    with pytest.raises(DataFaults) as stopped:
        build(published.root, published.out)
    assert broken(stopped.value.problems) == {("release-removed", "1.0.0")}


@pytest.mark.thorough
@pytest.mark.slow
def test_a_mirror_is_no_other_address_of_a_release(published: Published) -> None:
    for address in ("https://mirror.example.org/", "https://another.example.org/", None):
        options = Options(published.root, published.out, base_url=address, jobs=1)
        assert not publish_site(options, Reporter(Console(quiet=True), "en")).unchanged


@pytest.mark.thorough
@pytest.mark.slow
def test_drafts_on_a_preview_promise_nothing(published: Published) -> None:
    build(published.root, published.out, drafts=True)
    replace(published.root / "datasets/visits/1.0.0/visits.csv", ",12", ",13")
    build(published.root, published.out, drafts=True)
    shutil.rmtree(published.root / "datasets/visits")
    build(published.root, published.out)
    assert not (published.out / "data/visits").exists()


@pytest.mark.sample(2)
@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["data/counts/1.0.0/counts.csv", "data/counts/1.0.0/SHA256SUMS", "status.json", "api/datasets/counts.json"]
)
def test_a_file_of_the_site_that_was_edited_by_hand_is_put_right(published: Published, name: str) -> None:
    before = tree_hashes(published.out)
    path = published.out / name
    path.unlink()  # it may share its bytes with the cache
    path.write_text("another text\n")
    build(published.root, published.out)
    assert tree_hashes(published.out) == before
