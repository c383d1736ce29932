"""Record: the hashes of everything that is published, put into the ledgers of releases that exist already.

For releases that were made before the ledger kept hashes, and after a library or the generator was renewed. Where
values differ from those that were published, nothing is written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from datagazette.build.checked import chosen_releases, load
from datagazette.build.package import SITE, package
from datagazette.build.site_check import interface_words, site_files
from datagazette.build.steps import Run, uncached
from datagazette.build.summarise import Summarised, summarise
from datagazette.build.workers import opened, workers
from datagazette.describe.release_history import imprint_descriptor
from datagazette.downloads.promises import Kept, kept
from datagazette.files import replace_atomically
from datagazette.load.ledger import FILE as LEDGER
from datagazette.model.errors import DataFaults
from datagazette.model.problems import has_errors
from datagazette.model.publication import Imprint, Publication, Release


@dataclass(frozen=True)
class Recorded:
    """A release, how many hashes its ledger got, and whether it got what the publication says of itself."""

    release: Release
    added: int
    got_imprint: bool = False


def record(root: Path, names: Sequence[str] = (), jobs: int | None = None) -> tuple[Recorded, ...]:
    """Packages every release of the datasets called `names` (none: all) and writes what the ledgers lack.

    Raises UsageError for an unknown name, DataFaults where a release would be published with other values.
    """
    loaded = load(root)
    publication = loaded.publication
    if publication is None or has_errors(loaded.problems):
        raise DataFaults(loaded.problems)
    releases = [release for release in chosen_releases(publication, names) if release.state != "draft"]
    found = kept_of(root, publication, releases, jobs)
    problems = tuple(problem for release in found.values() for problem in release.problems)
    if has_errors(problems):
        raise DataFaults(problems)
    return tuple(_write(root, release, found[release.id], publication.catalog.imprint) for release in releases)


def kept_of(
    root: Path, publication: Publication, releases: Sequence[Release], jobs: int | None = 1
) -> Mapping[str, Kept]:
    """What the ledger should keep of each release, by its id, from files that are made for this and thrown away."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        opened(workers(jobs), reads=[root], writes=[Path(scratch)]) as pool,
    ):
        run = uncached(publication, Path(scratch) / "work", pool)
        return kept_of_summarised(run, summarise(run, releases))


def kept_of_summarised(run: Run, summarised: Sequence[Summarised]) -> Mapping[str, Kept]:
    """The same of releases that have been summarised."""
    results = {
        (result.release.dataset, result.release.version): result for each in summarised if (result := each.result)
    }
    strings = interface_words(run.publication, site_files(run.publication.root))
    entries = package(run, results, strings).values()
    problems = tuple(fault for each in (*summarised, *(entry.value for entry in entries)) for fault in each.problems)
    if has_errors(problems):
        raise DataFaults(problems)
    return {entry.value.result.release.id: kept(entry.value.result, entry.folder / SITE) for entry in entries}


def _write(root: Path, release: Release, found: Kept, imprint: Imprint) -> Recorded:
    before = sum(map(len, release.published.values()))
    added = sum(map(len, found.published.values())) - before
    if added or found.contents != release.contents or release.imprint is None:
        ledger = root / "datasets" / release.dataset / LEDGER
        text = with_hashes(ledger.read_text("utf-8"), str(release.version), found, release.imprint or imprint)
        replace_atomically(ledger, text.encode())
    kept = replace(release, published=found.published, contents=found.contents, imprint=release.imprint or imprint)
    return Recorded(kept, added, got_imprint=release.imprint is None)


def hashes(found: Kept) -> dict[str, object]:
    """As they are in a ledger: one hash, or a list where a file was published in several forms."""
    published = {path: known[0] if len(known) == 1 else list(known) for path, known in sorted(found.published.items())}
    return {"published": published, "contents": dict(sorted(found.contents.items()))}


def with_hashes(ledger: str, version: str, found: Kept, imprint: Imprint | None = None) -> str:
    """The ledger's text with the hashes in the entry of `version`, every other line as it was.

    With the imprint, too, where the entry has none.
    """
    entry, lines = _entry_node(ledger, version), ledger.splitlines(keepends=True)
    indent = entry.value[0][0].start_mark.column
    spans = {key.value: _span(key, value, lines, indent) for key, value in entry.value}
    end = max(span.stop for span in spans.values())
    stale = {number for key in ("published", "contents") for number in spans.get(key, ())}
    kept_lines = [line for number, line in enumerate(lines[:end]) if number not in stale]
    kept = {"imprint": imprint_descriptor(imprint)} if imprint and "imprint" not in spans else {}
    written = yaml.safe_dump(kept | hashes(found), allow_unicode=True, sort_keys=False, width=120)
    block = "".join(" " * indent + line for line in written.splitlines(keepends=True))
    return "".join(kept_lines).rstrip("\n") + "\n" + block + "".join(lines[end:])


def _span(key: yaml.Node, value: yaml.Node, lines: Sequence[str], indent: int) -> range:
    """The lines of a key with its value; comments and blank lines behind it belong to what follows."""
    end = value.end_mark.line + (value.end_mark.column > indent)
    while lines[end - 1].strip().startswith("#") or not lines[end - 1].strip():
        end -= 1
    return range(key.start_mark.line, end)


def _entry_node(ledger: str, version: str) -> yaml.MappingNode:
    document = yaml.compose(ledger, yaml.SafeLoader)
    assert isinstance(document, yaml.MappingNode)
    releases = next(value for key, value in document.value if key.value == "releases")
    for entry in releases.value:
        if any((key.value, value.value) == ("version", version) for key, value in entry.value):
            assert isinstance(entry, yaml.MappingNode)
            return entry
    raise LookupError(version)
