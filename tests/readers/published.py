"""What a site has for readers: the newest release of each dataset, its tables and their typed values."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

CELLS = Path(__file__).with_name("cells.py")
Given = dict[str, Any]


def by_cells(python: Path | str, reader: str, tables: list[Given]) -> list[Given]:
    """The answer of a program of a Python environment to each table, see cells.py."""
    command = [python, CELLS, reader]
    done = subprocess.run(command, input=json.dumps(tables), capture_output=True, text=True, check=True)
    answers: list[Given] = json.loads(done.stdout)
    return answers


@dataclass(frozen=True)
class Published:
    """A site, read once for all programs."""

    name: str
    site: Path

    @property
    def releases(self) -> Iterator[Path]:
        for path in sorted(self.site.glob("api/datasets/*.json")):
            about = json.loads(path.read_text("utf-8"))
            yield self.site / "data" / about["name"] / about["version"]

    @cached_property
    def tables(self) -> list[Given]:
        """Each table as cells.py takes it, without its path; `texts` are the columns that the schema calls texts."""
        return [
            {"folder": str(folder), "descriptor": str(folder / "datapackage.json"), "name": table["name"],
             "sheet": table["name"][:31], "book": str(next(folder.glob("*.xlsx"))),
             "texts": [field["name"] for field in table["schema"]["fields"] if field["type"] == "string"]}
            for folder in self.releases
            for table in json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]
            if "/" not in table["path"]
        ]  # fmt: skip

    @cached_property
    def typed(self) -> list[Given]:
        """In the order of the CSV: what Frictionless reads by the descriptor."""
        return by_cells(sys.executable, "frictionless_csv", self.tables)

    @cached_property
    def typed_by_key(self) -> list[Given]:
        """In the order of the Parquet file."""
        return by_cells(sys.executable, "duckdb_parquet", self.given("parquet", with_texts=False))

    @cached_property
    def typed_by_croissant(self) -> list[Given]:
        """In the order of the file that each table's records are in."""
        return [
            by_key if self._source(table).endswith(".parquet") else typed
            for table, typed, by_key in zip(self.tables, self.typed, self.typed_by_key, strict=True)
        ]

    @staticmethod
    def _source(table: Given) -> str:
        described = json.loads(Path(table["folder"], "croissant.json").read_text("utf-8"))
        fields = next(one["field"] for one in described["recordSet"] if one["@id"] == table["name"])
        return str(fields[0]["source"]["fileObject"]["@id"])

    def given(self, ending: str, *, with_texts: bool) -> list[Given]:
        """The tables with the path of a file of each; `texts` where a person names the columns that are texts."""
        return [
            {name: value for name, value in table.items() if name != "texts" or with_texts}
            | {"path": table["book"] if ending == "xlsx" else f"{table['folder']}/{table['name']}.{ending}"}
            for table in self.tables
        ]
