"""A comparison as programs read it.

```
{
  "base": "origin/main",              how the base was named; "" for each dataset's last release
  "valid": true,                      whether nothing must be fixed
  "errors": [{"code", "file", "line", "column", "message", "mend"}], "hidden": 0,      errors that are not listed
  "takenBack": as "errors",           warnings of corrections that a version takes back
  "leftOut": as "errors",             warnings of files that the release before has and a draft will not have
  "releases": [{
    "dataset", "before": {"version", "state"} | null, "after": {"version", "state"} | null,
    "verdict": {"required", "given", "enough", "reasons": [str]} | null,
    "tables": [{
      "resource", "file", "primaryKey": [str], "rows": {"before", "after", "added", "removed", "changed"},
      "fields": [{"field", "cells", "rewritten", "tiers": {"tenfold", "half", "tenth", "less", "tiny"} | null,
                  "emptied", "filled", "repaired", "rows", "pattern": {"kind", "amount"} | null}],
      "keys": [{"kind", "field", "rows", "before", "after", "microseconds", "line"}],
      "columns": [{"kind", "field", "cells", "rows": [[str]], "after"}],
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
  "promise": as "receipt", once the drafts are released
}
```

`receipt` and `promise` are null where something must be fixed first, `promise` also without drafts.
Counts are complete; `required` and `given` are `none`, `patch`, `minor` or `major`. Keys are only ever added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from datagazette.describe.notation import dump
from datagazette.diff.outcome import Comparison, ReleaseComparison, TableComparison
from datagazette.diff.sentences import Sentences, reason_line
from datagazette.model.problems import Problem, fix, message
from datagazette.model.publication import Release

_Json = dict[str, Any]


def as_json(found: Comparison, language: str) -> str:
    say = Sentences(language)
    return dump({
        "base": found.base,
        "valid": not found.errors,
        "errors": _problems(found.errors, language),
        "takenBack": _problems(found.taken_back, language),
        "leftOut": _problems(found.left_out, language),
        "hidden": found.hidden,
        "releases": [_release(release, say) for release in found.releases],
        "catalog": _dicts(found.catalog),
        "siteFiles": found.site_files,
        "receipt": asdict(found.receipt) if found.receipt else None,
        "promise": asdict(found.promise) if found.promise else None,
    })  # fmt: skip


def _problems(problems: Sequence[Problem], language: str) -> list[_Json]:
    return [
        {"code": found.code, "file": found.file, "line": found.line, "column": found.column,
         "message": message(found, language), "mend": fix(found, language)}
        for found in problems
    ]  # fmt: skip


def _dicts(values: Sequence[Any]) -> list[_Json]:
    return [asdict(value) for value in values]


def _release(release: ReleaseComparison, say: Sentences) -> _Json:
    verdict = release.verdict
    reasons = ["".join(reason_line(reason, say)) for reason in verdict.reasons] if verdict else []
    return {
        "dataset": release.dataset,
        "before": _version(release.before),
        "after": _version(release.after),
        "verdict": verdict and {"required": verdict.required, "given": verdict.given, "enough": verdict.is_enough,
                                "reasons": reasons},
        "tables": [_table(table) for table in release.tables],
        "structure": _dicts(release.structure),
    }  # fmt: skip


def _version(release: Release | None) -> _Json | None:
    return {"version": str(release.version), "state": release.state} if release else None


def _table(table: TableComparison) -> _Json:
    change = table.change
    return {
        "resource": table.resource,
        "file": table.file,
        "primaryKey": change.key,
        "rows": {"before": table.rows_before, "after": table.rows_after, "added": change.added,
                 "removed": change.removed, "changed": change.changed},
        "fields": _dicts(table.fields),
        "largest": [{**asdict(cell), "key": dict(zip(change.key, cell.key, strict=True))} for cell in table.large],
        "cells": [
            {**asdict(cell), "key": dict(zip(change.key, cell.key, strict=True))} for cell in change.changed_cells
        ],
        "added": [dict(zip(change.columns, row, strict=True)) for row in change.added_rows],
        "removed": [dict(zip(change.columns, row, strict=True)) for row in change.removed_rows],
        "keys": _dicts(table.keys),
        "columns": _dicts(table.columns),
        "form": _dicts(table.form),
        "damages": _dicts(table.damages),
    }  # fmt: skip
