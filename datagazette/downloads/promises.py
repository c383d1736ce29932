"""What was published under an address stays what it was: the ledger's hashes against the files of this build.

Three kinds of files, by what is promised of them:

- text with data (the CSVs, the results of summaries, queries) is the same bytes for ever;
- Parquet, JSON, the workbook, the zip and the descriptor may be written otherwise by a new library or generator:
  where a hash is new, every value is read back and compared with what the ledger keeps of it;
- descriptions and pictures may be made better, but no address may go away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from datagazette.describe import addresses
from datagazette.downloads import contents
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.results import PublishedFile, ReleaseResult
from datagazette.tables.engine import Limits, connect

# Text with data, and the queries that it was made with.
DATA_KINDS = frozenset({"csv", "csv-excel", "summary-csv", "summary-sql", "check-sql"})
_LONGEST_ROW = 300  # characters of a row that a message shows


@dataclass(frozen=True)
class Kept:
    """What the ledger should keep of a release: every hash of every file so far, and the content of the files.

    `problems` are errors where this build would break a promise, and a warning where it has hashes to add.
    """

    published: dict[str, tuple[str, ...]]
    contents: dict[str, str]
    problems: tuple[Problem, ...] = ()


def broken_promises(results: Iterable[ReleaseResult], site: Path, before: Path | None = None) -> tuple[Problem, ...]:
    """The problems of all releases whose files lie below `site`.

    `before` is the site that this build would replace: where it has the old file, the first different row is reported.
    """
    return tuple(
        found for result in results if result.release.published for found in kept(result, site, before).problems
    )


def kept(result: ReleaseResult, site: Path, before: Path | None = None) -> Kept:
    """The ledger's hashes with those of this build added."""
    release = result.release
    folder = addresses.data_folder(release)
    published, standing = dict(release.published), dict(release.contents)
    new = [file for file in result.files if file.sha256 not in published.get(file.path, ())]
    problems = [gone(result, path) for path in sorted(published) if result.file(path) is None]
    problems += [
        differs(result, one, "data", expected=published[one.path][-1], found=one.sha256)
        for one in new
        if one.kind in DATA_KINDS and one.path in published
    ]
    for file in result.files:
        if file.kind in contents.KINDS and (file in new or file.path not in standing):
            found = _digest(site / folder / file.path, file.kind, result)
            if standing.setdefault(file.path, found) != found:
                old = before / folder / file.path if before else None
                problems.append(other_values(result, file, site / folder / file.path, old))
    for file in new:
        published[file.path] = (*published.get(file.path, ()), file.sha256)
    if new and release.published and not problems:
        values = {"version": release.version, "dataset": release.dataset, "count": len(new), "first": new[0].path}
        problems.append(warning("published-bytes-new", _ledger(result), None, **values))
    return Kept(published, standing, tuple(problems))


def _digest(path: Path, kind: str, result: ReleaseResult) -> str:
    with connect(Limits(reads=(path,))) as engine:
        return contents.digest(engine, path, kind, result)


def other_values(result: ReleaseResult, file: PublishedFile, path: Path, old: Path | None) -> Problem:
    if old is None or not old.is_file():
        return differs(result, file, "values")
    with connect(Limits(reads=(old,))) as first, connect(Limits(reads=(path,))) as second:
        found = contents.first_difference(
            contents.values(first, old, file.kind, result), contents.values(second, path, file.kind, result)
        )
    if found is None:
        return differs(result, file, "values")
    before, after = (one[:_LONGEST_ROW].replace("\t", " | ") for one in found)
    return differs(result, file, "row", before=before, after=after)


def differs(result: ReleaseResult, file: PublishedFile, rule: str, **values: str) -> Problem:
    release = result.release
    return problem(
        "published-file-differs", _ledger(result), None, rule=rule, version=release.version, path=file.path, **values
    )


def gone(result: ReleaseResult, path: str) -> Problem:
    return problem("published-file-gone", _ledger(result), None, version=result.release.version, path=path)


def _ledger(result: ReleaseResult) -> str:
    return f"datasets/{result.release.dataset}/releases.yaml"
