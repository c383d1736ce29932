"""Reads tables of ours with a program in whose environment this runs, and writes each cell as that program has it.

`cells.py READER` takes a list of tables as JSON from standard input: `path`, `sheet` and, where a person names the
columns that are texts, `texts`. It writes, for each table, `columns` and `rows`, or `error`. A cell is null or a text
whose first letter is its kind: t text, n number, d day or time, b truth value, o anything else.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable
from typing import Any

Table = dict[str, Any]
TYPED = {"string", "integer", "number", "boolean", "date", "datetime", "time", "year", "object", "array"}
Read = tuple[list[str], Iterable[Iterable[Any]]]


def coded(value: Any) -> str | None:
    """A cell as a text with its kind. Values of NumPy, pandas and Python are known by what they can do."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, str):
        return f"t{value}"
    if type(value).__name__ in ("bool", "bool_"):
        return "btrue" if value else "bfalse"
    if hasattr(value, "isoformat"):
        return f"d{value.isoformat()}"
    if isinstance(value, list | dict):
        return "o" + json.dumps(value, default=str, ensure_ascii=False, sort_keys=True)
    try:
        return "nNaN" if math.isnan(value) else f"n{value.item() if hasattr(value, 'item') else value}"
    except TypeError:
        return f"o{value}"


def pandas_frame(frame: Any) -> Read:
    import pandas

    rows = frame.itertuples(index=False, name=None)
    # A gap is NaN there.
    return [str(name) for name in frame.columns], (
        [None if pandas.api.types.is_scalar(value) and pandas.isna(value) else value for value in row] for row in rows
    )


def pandas_csv(table: Table) -> Read:
    import pandas

    texts = dict.fromkeys(table.get("texts", ()), "str")
    more = {"dtype": texts, "keep_default_na": False, "na_values": [""]}
    return pandas_frame(pandas.read_csv(table["path"], **(more if "texts" in table else {})))


def pandas_json(table: Table) -> Read:
    import pandas

    more = {"dtype": False, "convert_dates": False}
    return pandas_frame(pandas.read_json(table["path"], **(more if "texts" in table else {})))


def pandas_parquet(table: Table) -> Read:
    import pandas

    return pandas_frame(pandas.read_parquet(table["path"]))


def polars_csv(table: Table) -> Read:
    import polars

    more = {"schema_overrides": dict.fromkeys(table.get("texts", ()), polars.String), "infer_schema_length": None}
    frame = polars.read_csv(table["path"], **(more if "texts" in table else {}))
    return frame.columns, frame.iter_rows()


def polars_json(table: Table) -> Read:
    import polars

    frame = polars.read_json(table["path"], **({"infer_schema_length": None} if "texts" in table else {}))
    return frame.columns, frame.iter_rows()


def polars_parquet(table: Table) -> Read:
    import polars

    frame = polars.read_parquet(table["path"])
    return frame.columns, frame.iter_rows()


def pyarrow_table(found: Any) -> Read:
    return found.column_names, zip(*(column.to_pylist() for column in found.columns), strict=True)


def pyarrow_csv(table: Table) -> Read:
    import pyarrow
    from pyarrow import csv

    texts = dict.fromkeys(table.get("texts", ()), pyarrow.string())
    convert = csv.ConvertOptions(
        column_types=texts, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    parse = csv.ParseOptions(newlines_in_values=True)
    return pyarrow_table(
        csv.read_csv(table["path"], convert_options=convert, parse_options=parse)
        if "texts" in table
        else csv.read_csv(table["path"])
    )


def pyarrow_parquet(table: Table) -> Read:
    from pyarrow import parquet

    return pyarrow_table(parquet.read_table(table["path"]))


def duckdb_relation(code: str, path: str) -> Read:
    import duckdb

    found = duckdb.connect().execute(code, [path])
    return [name for name, *_ in found.description or ()], found.fetchall()


def duckdb_csv(table: Table) -> Read:
    types = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in table.get("texts", ()))
    return duckdb_relation(f"FROM read_csv(?{', types = {' + types + '}' if types else ''})", table["path"])


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def duckdb_json(table: Table) -> Read:
    return duckdb_relation("FROM read_json(?)", table["path"])


def duckdb_parquet(table: Table) -> Read:
    return duckdb_relation("FROM read_parquet(?)", table["path"])


def openpyxl_xlsx(table: Table) -> Read:
    import openpyxl

    names, *rows = openpyxl.load_workbook(table["path"])[table["sheet"]].iter_rows(values_only=True)
    return [str(name) for name in names], rows


def calamine_xlsx(table: Table) -> Read:
    """An empty cell is an empty text there, as openpyxl's None."""
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(table["path"]).get_sheet_by_name(table["sheet"])
    names, *rows = sheet.to_python(skip_empty_area=False)
    return [str(name) for name in names], ([None if value == "" else value for value in row] for row in rows)


def python_json(table: Table) -> Read:
    """What another program has written as a list of objects; a number keeps its digits."""
    from decimal import Decimal
    from pathlib import Path

    found = json.loads(Path(table["path"]).read_text("utf-8"), parse_float=Decimal)
    names = in_order(dict.fromkeys(map(tuple, found)))
    return names, ([row.get(name) for name in names] for row in found)


def in_order(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """All names of rows that leave out some, each behind the one before it."""
    names: list[str] = []
    for row in rows:
        at = 0
        for name in row:
            if name not in names:
                names.insert(at, name)
            at = names.index(name) + 1
    return names


def frictionless_csv(table: Table) -> Read:
    """The typed values: what the standard's own program reads by the descriptor of the release."""
    import frictionless

    frictionless.system.trusted = True  # names such as ../../x are in columns only
    resource = frictionless.Package(table["descriptor"]).get_resource(table["name"])
    with resource:
        fields = resource.schema.fields
        return [field.name for field in fields], [
            [
                row[field.name] if field.type in TYPED else text or None
                for field, text in zip(fields, row.cells, strict=False)
            ]
            for row in resource.row_stream
        ]


def csvw_csv(table: Table) -> Read:
    """By the description beside the file, CSV on the Web."""
    from csvw.metadata import CSVW

    (described,) = CSVW(f"{table['path']}-metadata.json").tables
    columns = [column.header for column in described.tableSchema.columns]
    return columns, [[row[name] for name in columns] for row in described]


def mlcroissant_csv(table: Table) -> Read:
    """By the Croissant description of the release; texts are bytes there."""
    from pathlib import Path

    import mlcroissant

    path = Path(table["path"])
    described = json.loads((path.parent / "croissant.json").read_text("utf-8"))
    mapping = {one["@id"]: str(path.parent / one["contentUrl"].rpartition("/")[2]) for one in described["distribution"]}
    dataset = mlcroissant.Dataset(jsonld=str(path.parent / "croissant.json"), mapping=mapping)
    fields = next(one["field"] for one in described["recordSet"] if one["@id"] == path.stem)
    rows = [
        [value.decode() if isinstance(value, bytes) else value for value in record.values()]
        for record in dataset.records(path.stem)
    ]
    return [field["name"] for field in fields], [[None if value != value else value for value in row] for row in rows]


def datasets_parquet(table: Table) -> Read:
    from datasets import load_dataset

    found = load_dataset("parquet", data_files=table["path"], split="train")
    return found.column_names, ([row[name] for name in found.column_names] for row in found)


READERS: dict[str, Callable[[Table], Read]] = {
    name: reader for name, reader in list(globals().items()) if name.endswith(("_csv", "_json", "_xlsx", "_parquet"))
}


def read(reader: str, table: Table) -> dict[str, Any]:
    try:
        columns, rows = READERS[reader](table)
        return {"columns": columns, "rows": [[coded(value) for value in row] for row in rows]}
    except Exception as error:  # whatever a program says is its answer
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    json.dump([read(sys.argv[1], table) for table in json.load(sys.stdin)], sys.stdout)
