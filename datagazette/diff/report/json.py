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

from datagazette.describe.values import dump
from datagazette.diff.outcome import Comparison, Receipt, ReleaseComparison, TableComparison, Verdict
from datagazette.diff.report.blocks import flat
from datagazette.diff.report.sentences import reason_line
from datagazette.diff.report.words import Words, words
from datagazette.model.problems import Problem, fix, message
from datagazette.model.publication import Release
from datagazette.model.results import Row

Json = dict[str, Any]


def as_json(found: Comparison, language: str) -> str:
    say = words(language)
    return dump({
        "base": found.base,
        "valid": not found.errors,
        "errors": [_problem(one, language) for one in found.errors],
        "releases": [_release(one, say) for one in found.releases],
        "catalog": [asdict(one) for one in found.catalog],
        "siteFiles": list(found.site_files),
        "receipt": _receipt(found.receipt),
        "promise": _receipt(found.promise),
    })  # fmt: skip


def _problem(one: Problem, language: str) -> Json:
    return {"code": one.code, "file": one.file, "line": one.line, "column": one.column,
            "message": message(one, language), "mend": fix(one, language)}  # fmt: skip


def _release(one: ReleaseComparison, say: Words) -> Json:
    return {
        "dataset": one.dataset,
        "before": _version(one.before),
        "after": _version(one.after),
        "verdict": _verdict(one.verdict, say),
        "tables": [_table(table) for table in one.tables],
        "structure": [asdict(change) for change in one.structure],
    }


def _version(release: Release | None) -> Json | None:
    return {"version": str(release.version), "state": release.state} if release else None


def _verdict(verdict: Verdict | None, say: Words) -> Json | None:
    if verdict is None:
        return None
    reasons = [flat(reason_line(one, say)) for one in verdict.reasons]
    return {"required": verdict.required, "given": verdict.given, "enough": verdict.is_enough, "reasons": reasons}


def _table(table: TableComparison) -> Json:
    change = table.change
    rows = {"before": table.rows_before, "after": table.rows_after, "added": change.added, "removed": change.removed,
            "changed": change.changed}  # fmt: skip
    return {
        "resource": table.resource, "file": table.file, "primaryKey": list(change.key), "rows": rows,
        "fields": [asdict(one) for one in table.fields],
        "largest": [{**asdict(one), "key": _row(change.key, one.key)} for one in table.large],
        "cells": [{**asdict(one), "key": _row(change.key, one.key)} for one in change.changed_cells],
        "added": [_row(change.columns, one) for one in change.added_rows],
        "removed": [_row(change.columns, one) for one in change.removed_rows],
        "form": [asdict(one) for one in table.form],
        "damages": [asdict(one) for one in table.damages],
    }  # fmt: skip


def _row(names: tuple[str, ...], values: Row) -> Json:
    return dict(zip(names, values, strict=True))


def _receipt(receipt: Receipt | None) -> Json | None:
    return asdict(receipt) if receipt else None
