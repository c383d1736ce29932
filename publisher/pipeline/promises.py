"""What was published under an address stays what it was: the ledger's hashes against the files of this build.

Every value of a release stands in files of text: its CSVs, its JSON, the results of its summaries. Those depend on
the release alone and must be the same bytes for ever. Parquet, the workbook and the zip hold the same values; a new
version of a library may write them otherwise, which is allowed as long as all the text is the same. Descriptions
and pictures may be made better, but no address may go away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from publisher.problems import Problem, problem
from publisher.results import ReleaseResult

# The kinds of files that hold data as text.
DATA_KINDS = frozenset({"csv", "csv-excel", "json", "ndjson", "summary-csv", "summary-sql", "check-sql"})


def broken_promises(results: Iterable[ReleaseResult]) -> tuple[Problem, ...]:
    """An error for each old address that this build would give other data, or none."""
    return tuple(found for result in results for found in _broken(result))


def _broken(result: ReleaseResult) -> Iterator[Problem]:
    release = result.release
    ledger = f"datasets/{release.dataset}/releases.yaml"
    for path, expected in sorted(release.published.items()):
        file = result.file(path)
        if file is None:
            yield problem("published-file-gone", ledger, None, version=release.version, path=path)
        elif file.kind in DATA_KINDS and file.sha256 != expected:
            yield problem(
                "published-file-differs", ledger, None,
                version=release.version, path=path, expected=expected, found=file.sha256,
            )  # fmt: skip
