"""CSV: the submitted bytes as they are, a copy that Excel reads, and the results of summaries."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from publisher.describe.values import cell
from publisher.model import Dialect
from publisher.results import SummaryResult

_BOM = b"\xef\xbb\xbf"


def copy_csv(source: Path, target: Path) -> None:
    """The bytes that were submitted."""
    shutil.copyfile(source, target)


def read_cells(path: Path, dialect: Dialect) -> Iterator[list[str]]:
    """Every row of a CSV as texts, header and all; comment lines are left out."""
    csv.field_size_limit(1 << 30)
    with path.open(encoding=_encoding(dialect), newline="") as file:
        reader = csv.reader(
            file,
            delimiter=dialect.delimiter,
            quotechar=dialect.quote_char or None,
            doublequote=dialect.double_quote,
            escapechar=dialect.escape_char,
            skipinitialspace=dialect.skip_initial_space,
            quoting=csv.QUOTE_MINIMAL if dialect.quote_char else csv.QUOTE_NONE,
            strict=True,
        )
        for number, row in enumerate(reader, start=1):
            commented = dialect.comment_char and row and row[0].startswith(dialect.comment_char)
            if not commented and number not in dialect.comment_rows:
                yield row


def data_rows(path: Path, dialect: Dialect) -> Iterator[list[str]]:
    """The rows below the header, blank lines left out."""
    rows = read_cells(path, dialect)
    for _ in range(max(dialect.header_rows, default=0) if dialect.header else 0):
        next(rows, None)
    return (row for row in rows if row)


def labels(path: Path, dialect: Dialect) -> list[str]:
    """The header's cells, several header rows joined; empty where there is no header."""
    rows = read_cells(path, dialect)
    found = [next(rows, []) for _ in range(max(dialect.header_rows, default=0) if dialect.header else 0)]
    kept = [row for number, row in enumerate(found, start=1) if number in dialect.header_rows]
    return [dialect.header_join.join(filter(None, parts)) for parts in zip(*kept, strict=False)] if kept else []


def needs_excel_copy(source: Path, dialect: Dialect) -> bool:
    """Whether Excel would garble the original.

    Excel takes a file without a byte order mark for one in the machine's own code page, so only a CSV of pure
    ASCII, separated by commas, is safe as it is.
    """
    return dialect.delimiter != "," or not _is_ascii(source)


def write_excel_copy(source: Path, target: Path, dialect: Dialect) -> None:
    """A copy with a byte order mark, commas and CRLF."""
    with target.open("wb") as raw:
        raw.write(_BOM)
        with io.TextIOWrapper(raw, "utf-8", newline="") as text:
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerows(row for row in read_cells(source, dialect) if row)


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


def _encoding(dialect: Dialect) -> str:
    return "utf-8-sig" if dialect.encoding.lower().replace("-", "") == "utf8" else dialect.encoding


def _is_ascii(path: Path) -> bool:
    with path.open("rb") as file:
        return all(chunk.isascii() for chunk in iter(lambda: file.read(1 << 20), b""))
