"""The check of files from elsewhere: Data Packages, and CSVs with a Table Schema."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from datagazette.build.checked import Checked, CheckOptions
from datagazette.load.standalone import Standalone, is_descriptor, read_csv, read_package
from datagazette.model.errors import UsageError
from datagazette.model.problems import Problem
from datagazette.tables.engine import Limits, connect
from datagazette.tables.layout import TableSource
from datagazette.validation import TableReport
from datagazette.validation.run import check_tables

_LARGEST_OPENED = 5_000_000  # bytes; beyond them a table is for programs, and looking for this takes a while


def check_files(files: Sequence[Path], options: CheckOptions, limits: Limits) -> Checked:
    """Descriptors of Data Packages, and CSVs with `--schema`."""
    problems: list[Problem] = []
    reports: list[TableReport] = []
    read: list[tuple[Standalone, list[TableSource], dict[tuple[str, str], TableSource]]] = []
    for path in files:
        if is_descriptor(path):
            found = read_package(path)
        elif options.schema:
            found = read_csv(path, options.schema)
        else:
            raise UsageError("needs-schema", path=path)
        sources = [TableSource(table, csv, opened=_is_opened(csv)) for table, csv in found.tables]
        problems += found.problems
        others = _referenced(path if is_descriptor(path) else options.schema or path, sources)
        read.append((found, sources, others))
    with connect(limits) as engine:
        engine.shut(one.path for _, sources, others in read for one in (*sources, *others.values()))
        for found, sources, others in read:
            reports += check_tables(sources, others, limits=limits, limit_errors=options.limit_errors, engine=engine)
            reports += _check_foreign(found, options)
    problems += [problem for report in reports for problem in report.problems]
    return Checked(None, tuple(dict.fromkeys(problems)), tuple(reports))


def _referenced(descriptor: Path, sources: list[TableSource]) -> dict[tuple[str, str], TableSource]:
    """The tables of other packages that foreign keys lead to."""
    if not any(key.package for one in sources for key in one.table.schema.foreign_keys):
        return {}
    from datagazette.load.standalone import read_referenced

    found = read_referenced(descriptor, [one.table for one in sources])
    return {name: TableSource(table, csv) for name, (table, csv) in found.items()}


def _check_foreign(found: Standalone, options: CheckOptions) -> list[TableReport]:
    """The resources that are not CSVs."""
    if not found.foreign:
        return []
    from datagazette.validation.frictionless import check_resource

    return [
        check_resource(one.name, one.descriptor, one.folder, one.file, options.limit_errors) for one in found.foreign
    ]


def _is_opened(csv: Path) -> bool:
    """Whether a person might open the file in a spreadsheet: larger ones are checked for programs."""
    return csv.is_file() and csv.stat().st_size <= _LARGEST_OPENED
