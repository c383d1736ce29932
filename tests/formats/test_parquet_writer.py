"""A Parquet file does not say which DuckDB wrote it, so that its hash outlives an upgrade that changes no value."""

from __future__ import annotations

import re
from pathlib import Path

from datagazette.downloads.parquet import write_parquet
from datagazette.tables.engine import connect
from tests.formats.sample import people


def test_the_footer_names_no_version_of_duckdb_and_every_row_is_read(tmp_path: Path) -> None:
    release = people()
    table = release.tables[0]
    columns = ", ".join(f"'{field.name}' || range AS \"{field.name}\"" for field in table.schema.fields)
    typed, target = tmp_path / "typed.parquet", tmp_path / "people.parquet"
    with connect() as engine:
        engine.run(f"COPY (SELECT {columns} FROM range(5000)) TO '{typed}' (FORMAT parquet)")
        write_parquet(engine, typed, target, release, table)
        about = engine.row(f"SELECT created_by, num_rows FROM parquet_file_metadata('{target}')")
        distinct = engine.row(f"SELECT count(DISTINCT columns(*)) FROM read_parquet('{target}')")
    assert about == ("datagazette version 1", 5000)
    assert set(distinct) == {5000}
    assert not re.search(rb"DuckDB version|build [0-9a-f]{6}", target.read_bytes())


def test_rows_in_the_order_of_their_key_are_written_to_the_bytes_of_rows_in_any_order(tmp_path: Path) -> None:
    release = people()
    table = release.tables[0]
    columns = ", ".join(f"'{field.name}' || range AS \"{field.name}\"" for field in table.schema.fields)
    written = []
    with connect() as engine:
        for order in ("ASC", "DESC"):
            key = ", ".join(f'"{name}" {order}' for name in table.schema.primary_key)
            typed, target = tmp_path / f"{order}.parquet", tmp_path / f"people-{order}.parquet"
            engine.run(f"COPY (SELECT {columns} FROM range(5000) ORDER BY {key}) TO '{typed}' (FORMAT parquet)")
            write_parquet(engine, typed, target, release, table)
            written.append(target.read_bytes())
    assert table.schema.primary_key
    assert written[0] == written[1]
