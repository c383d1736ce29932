"""`check`: what a person asked to be checked, be it the publication, some of its datasets, or a file from elsewhere."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.checks import TableReport, TableSource, check_resource, check_tables
from publisher.engine import Limits
from publisher.errors import UsageError
from publisher.load.publication import DATASETS
from publisher.load.standalone import is_descriptor, read_csv, read_package
from publisher.load.wording import UNWRITTEN
from publisher.model import Publication, Release
from publisher.pipeline.checking import Checked, check_releases, load
from publisher.pipeline.tabulating import summarise_releases
from publisher.pipeline.workspace import Workspace, workers
from publisher.problems import Problem

_LARGEST_OPENED = 50_000_000  # bytes; a spreadsheet takes a minute for it


@dataclass(frozen=True)
class CheckOptions:
    """`targets` empty is everything; `schema` goes with a target that is a CSV; `memory` as in Limits.

    With `written`, texts that wait for somebody to write them are errors: what is released is for good.
    """

    root: Path
    targets: tuple[str, ...] = ()
    schema: Path | None = None
    limit_errors: int = 1000
    memory: str = "2GB"
    jobs: int | None = None
    written: bool = False


def check_targets(options: CheckOptions) -> Checked:
    """Files from elsewhere where the targets name files; else the publication or some of its datasets."""
    files = [Path(one) for one in options.targets if _is_file(one, options.root)]
    if not files:
        return _check_datasets(options)
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
        reports += check_tables(sources, limits=Limits(memory=options.memory), limit_errors=options.limit_errors)
        reports += [
            check_resource(one.name, one.descriptor, one.folder, one.file, options.limit_errors)
            for one in found.foreign
        ]
    problems += [problem for report in reports for problem in report.problems]
    return Checked(None, tuple(problems), tuple(reports))


def _is_opened(csv: Path) -> bool:
    """Whether somebody might open the file in a spreadsheet: larger ones are checked for programs."""
    return csv.is_file() and csv.stat().st_size <= _LARGEST_OPENED


def _check_datasets(options: CheckOptions) -> Checked:
    """Tables, and where these are fine the datasets' own queries."""
    loaded = load(options.root)
    if loaded.publication is None:
        return loaded
    releases = _chosen(loaded.publication, options.targets)
    pool = replace(workers(options.jobs), memory=options.memory)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "work").emptied()
        asked = replace(loaded, problems=_asked(loaded.problems, options))
        checked = check_releases(asked, releases, pool, pool.limits(workspace), options.limit_errors)
        if not checked.valid:
            return checked
        summarised = summarise_releases(loaded.publication, releases, pool, workspace, described=False)
        found = [problem for one in summarised for problem in one.problems]
        return replace(checked, problems=(*checked.problems, *found))


def _asked(problems: tuple[Problem, ...], options: CheckOptions) -> tuple[Problem, ...]:
    """The faults of files without the warnings about datasets that nobody asked for."""
    folders = tuple(f"{DATASETS}/{name}/" for name in options.targets)
    kept = (
        one for one in problems
        if one.severity == "error" or not folders or not one.file.startswith(f"{DATASETS}/")
        or f"{one.file}/".startswith(folders)
    )  # fmt: skip
    return tuple(replace(one, severity="error") if options.written and one.code == UNWRITTEN else one for one in kept)


def _chosen(publication: Publication, targets: tuple[str, ...]) -> tuple[Release, ...]:
    unknown = [name for name in targets if publication.dataset(name) is None]
    if unknown:
        names = ", ".join(one.name for one in publication.datasets)
        raise UsageError(
            en=f"there is no dataset or file {', '.join(unknown)}; the datasets are: {names}",
            zh=f"没有数据集或文件 {', '.join(unknown)}；现有数据集：{names}",
        )
    return tuple(
        release
        for dataset in publication.datasets
        if not targets or dataset.name in targets
        for release in dataset.releases
    )
