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
from datagazette.validation.personal import declared_fields, with_warnings
from datagazette.validation.run import check_tables

_LARGEST_OPENED = 5_000_000  # bytes of a file that a person might open in a spreadsheet


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
        problems += found.problems
        # Large tables are for programs: what a spreadsheet would do to them is not looked for.
        sources = [
            TableSource(
                table, csv, opened=csv.is_file() and csv.stat().st_size <= _LARGEST_OPENED, proofread=True,
                screened=True, personal=declared_fields(found.descriptor, table.name),
            )
            for table, csv in found.tables
        ]  # fmt: skip
        others = _referenced(path if is_descriptor(path) else options.schema or path, sources)
        read.append((found, sources, others))
    with connect(limits) as engine:
        engine.shut(source.path for _, sources, others in read for source in (*sources, *others.values()))
        for found, sources, others in read:
            checked = check_tables(sources, others, limits=limits, limit_errors=options.limit_errors, engine=engine)
            reports += map(with_warnings, checked)  # what becomes of a file from elsewhere is not known
            reports += _check_foreign(found, options)
    problems += [problem for report in reports for problem in report.problems]
    return Checked(None, tuple(dict.fromkeys(problems)), tuple(reports))


def _referenced(descriptor: Path, sources: list[TableSource]) -> dict[tuple[str, str], TableSource]:
    """The tables of other packages that foreign keys lead to."""
    if not any(key.package for source in sources for key in source.table.schema.foreign_keys):
        return {}
    from datagazette.load.standalone import read_referenced

    found = read_referenced(descriptor, [source.table for source in sources])
    return {name: TableSource(table, csv) for name, (table, csv) in found.items()}


def _check_foreign(found: Standalone, options: CheckOptions) -> list[TableReport]:
    """The resources that are not CSVs."""
    if not found.foreign:
        return []
    from datagazette.validation.frictionless import check_resource

    return [
        check_resource(resource.name, resource.descriptor, resource.folder, resource.file, options.limit_errors)
        for resource in found.foreign
    ]
