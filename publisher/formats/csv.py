"""CSV: the submitted bytes as they are, a copy that Excel reads, and the results of summaries."""

from __future__ import annotations

import codecs
import csv
import io
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from publisher.checks.layout import Layout, is_content, open_text, read_layout, read_rows
from publisher.describe.values import cell
from publisher.model import Dialect
from publisher.results import SummaryResult


def copy_csv(source: Path, target: Path) -> None:
    """The bytes that were submitted."""
    shutil.copyfile(source, target)


def data_rows(path: Path, dialect: Dialect) -> Iterator[list[str]]:
    """The rows below the header as texts; comments and blank lines are left out."""
    layout = read_layout(path, dialect)
    return (cells for number, cells in _rows(path, layout) if number >= layout.first_row)


def _rows(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    with open_text(path, layout.encoding) as file:
        for number, cells in enumerate(read_rows(file, layout.dialect), start=1):
            if cells and is_content(number, cells, layout.dialect):
                yield number, list(cells)


def needs_excel_copy(source: Path, dialect: Dialect) -> bool:
    """Whether Excel would garble the original.

    Excel takes a file without a byte order mark for one in the machine's own code page, so only a CSV of pure
    ASCII, separated by commas, is safe as it is.
    """
    return read_layout(source, dialect).dialect.delimiter != "," or not _is_ascii(source)


def write_excel_copy(source: Path, target: Path, dialect: Dialect) -> None:
    """A copy with a byte order mark, commas and CRLF."""
    with target.open("wb") as raw:
        raw.write(codecs.BOM_UTF8)
        with io.TextIOWrapper(raw, "utf-8", newline="") as text:
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerows(cells for _, cells in _rows(source, read_layout(source, dialect)))


def write_summary(result: SummaryResult, target: Path) -> None:
    """A summary's rows, under its fields' names."""
    header = [field.name for field in result.summary.fields]
    write_rows(target, header, ([cell(value) for value in row] for row in result.rows))


def write_rows(target: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """LF, UTF-8, no mark, quotes only where they are needed."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _is_ascii(path: Path) -> bool:
    with path.open("rb") as file:
        return all(chunk.isascii() for chunk in iter(lambda: file.read(1 << 20), b""))
