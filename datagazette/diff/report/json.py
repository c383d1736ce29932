"""A report for programs.

```
{
  "base": "origin/main",              how the base was named; "" for each dataset's last release
  "valid": true,                      whether nothing must be fixed
  "errors": [{"code", "file", "line", "column", "message", "mend"}],
  "releases": [{
    "dataset", "before": {"version", "state"} | null, "after": {"version", "state"} | null,
    "verdict": {"required", "given", "enough", "reasons": [str]} | null,
    "tables": [{
      "resource", "file", "primaryKey": [str], "rows": {"before", "after", "added", "removed", "changed"},
      "fields": [{"field", "cells", "rewritten", "tiers": {"tenfold", "half", "tenth", "less"} | null}],
      "largest": [{"key": {field: value}, "field", "before", "after", "relative"}],
      "cells": [{"key": {field: value}, "field", "before", "after"}],
      "added": [{field: value}], "removed": [{field: value}],      the first hundred, in key order
      "form": [{"kind", "before", "after", "count"}],
      "damages": [{"kind", "field", "cells", "before", "after", "line"}]
    }],
    "structure": [{"kind", "part", "resource", "name", "what", "before", "after", "bump"}]
  }],
  "catalog": [...], "siteFiles": [str],
  "receipt": {"appears": [{"kind", "address"}], "changes": [...], "goes": [...], "stays": {kind: count},
              "drafts": [str]},
  "promise": as "receipt", once the drafts are released; null where there are none
}
```

Counts are complete; `required` and `given` are `none`, `patch`, `minor` or `major`. Keys are only ever added.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from datagazette.describe.notation import dump
from datagazette.diff.outcome import BumpVerdict, Comparison, Receipt, ReleaseComparison, TableComparison
from datagazette.diff.report.sentences import Sentences, reason_line, words
from datagazette.model.problems import Problem, fix, message
from datagazette.model.publication import Release
from datagazette.model.results import Row
from datagazette.reports.blocks import flat

Json = dict[str, Any]


def as_json(found: Comparison, language: str) -> str:
    say = words(language)
    return dump({
        "base": found.base,
        "valid": not found.errors,
        "errors": [_problem(error, language) for error in found.errors],
        "releases": [_release(release, say) for release in found.releases],
        "catalog": [asdict(change) for change in found.catalog],
        "siteFiles": list(found.site_files),
        "receipt": _receipt(found.receipt),
        "promise": _receipt(found.promise),
    })  # fmt: skip


def _problem(problem: Problem, language: str) -> Json:
    return {"code": problem.code, "file": problem.file, "line": problem.line, "column": problem.column,
            "message": message(problem, language), "mend": fix(problem, language)}  # fmt: skip


def _release(release: ReleaseComparison, say: Sentences) -> Json:
    return {
        "dataset": release.dataset,
        "before": _version(release.before),
        "after": _version(release.after),
        "verdict": _verdict(release.verdict, say),
        "tables": [_table(table) for table in release.tables],
        "structure": [asdict(change) for change in release.structure],
    }


def _version(release: Release | None) -> Json | None:
    return {"version": str(release.version), "state": release.state} if release else None


def _verdict(verdict: BumpVerdict | None, say: Sentences) -> Json | None:
    if verdict is None:
        return None
    reasons = [flat(reason_line(reason, say)) for reason in verdict.reasons]
    return {"required": verdict.required, "given": verdict.given, "enough": verdict.is_enough, "reasons": reasons}


def _table(table: TableComparison) -> Json:
    change = table.change
    rows = {"before": table.rows_before, "after": table.rows_after, "added": change.added, "removed": change.removed,
            "changed": change.changed}  # fmt: skip
    return {
        "resource": table.resource, "file": table.file, "primaryKey": list(change.key), "rows": rows,
        "fields": [asdict(field) for field in table.fields],
        "largest": [{**asdict(large), "key": _row(change.key, large.key)} for large in table.large],
        "cells": [{**asdict(cell), "key": _row(change.key, cell.key)} for cell in change.changed_cells],
        "added": [_row(change.columns, row) for row in change.added_rows],
        "removed": [_row(change.columns, row) for row in change.removed_rows],
        "form": [asdict(change) for change in table.form],
        "damages": [asdict(damage) for damage in table.damages],
    }  # fmt: skip


def _row(names: tuple[str, ...], values: Row) -> Json:
    return dict(zip(names, values, strict=True))


def _receipt(receipt: Receipt | None) -> Json | None:
    return asdict(receipt) if receipt else None
