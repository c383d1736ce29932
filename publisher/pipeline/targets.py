"""`check`: what a person asked to be checked, be it the publication, some of its datasets, or a file from elsewhere."""

from __future__ import annotations

from pathlib import Path

from publisher.checks import TableReport, TableSource, check_tables
from publisher.engine import Limits
from publisher.errors import UsageError
from publisher.load.standalone import Standalone, is_descriptor, read_csv, read_package
from publisher.pipeline.checked import Checked, CheckOptions
from publisher.problems import Problem

__all__ = ["CheckOptions", "check_targets"]

_LARGEST_OPENED = 5_000_000  # bytes; beyond them a table is for programs, and looking for this takes a while


def check_targets(options: CheckOptions) -> Checked:
    """Files from elsewhere where the targets name files; else the publication or some of its datasets."""
    files = [Path(one) for one in options.targets if _is_file(one, options.root)]
    if not files:
        # Takes longer to import than most files from elsewhere to check.
        from publisher.pipeline.whole_check import check_datasets

        return check_datasets(options)
    if len(files) < len(options.targets):
        raise UsageError(en="check either datasets or files, not both", zh="请分开检查数据集与文件")
    return _check_files(files, options)


def _is_file(target: str, root: Path) -> bool:
    """Whether a target is a path; the name of a dataset of ours is not, even where a file has that name."""
    return not (root / "datasets" / target).is_dir() and Path(target).is_file()


def _check_files(files: list[Path], options: CheckOptions) -> Checked:
    """Descriptors of Data Packages, and CSVs with `--schema`."""
    problems: list[Problem] = []
    reports: list[TableReport] = []
    for path in files:
        if is_descriptor(path):
            found = read_package(path)
        elif options.schema:
            found = read_csv(path, options.schema)
        else:
            raise UsageError(
                en=f"{path} needs --schema FILE, the Table Schema to check it against",
                zh=f"检查 {path} 需要用 --schema 指定表结构文件",
            )
        sources = [TableSource(table, csv, opened=_is_opened(csv)) for table, csv in found.tables]
        problems += found.problems
        others = _referenced(path if is_descriptor(path) else options.schema or path, sources)
        limits = Limits(memory=options.memory)
        reports += check_tables(sources, others, limits=limits, limit_errors=options.limit_errors)
        reports += _check_foreign(found, options)
    problems += [problem for report in reports for problem in report.problems]
    return Checked(None, tuple(problems), tuple(reports))


def _referenced(descriptor: Path, sources: list[TableSource]) -> dict[tuple[str, str], TableSource]:
    """The tables of other packages that foreign keys lead to."""
    if not any(key.package for one in sources for key in one.table.schema.foreign_keys):
        return {}
    from publisher.load.referenced import read_referenced

    found = read_referenced(descriptor, [one.table for one in sources])
    return {name: TableSource(table, csv) for name, (table, csv) in found.items()}


def _check_foreign(found: Standalone, options: CheckOptions) -> list[TableReport]:
    """The resources that are not CSVs."""
    if not found.foreign:
        return []
    from publisher.checks.by_frictionless import check_resource

    return [
        check_resource(one.name, one.descriptor, one.folder, one.file, options.limit_errors) for one in found.foreign
    ]


def _is_opened(csv: Path) -> bool:
    """Whether somebody might open the file in a spreadsheet: larger ones are checked for programs."""
    return csv.is_file() and csv.stat().st_size <= _LARGEST_OPENED
