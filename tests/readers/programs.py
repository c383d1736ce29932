"""The programs that people open our files with: how each is run with what it does by default, and by our advice."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.conftest import ROOT
from tests.readers.compare import changes, said
from tests.readers.published import CELLS, Given, Published, by_cells

NODE = Path(__file__).with_name("node") / "node_modules"
SITE, READERS, MATRIX = Path(sys.executable), ROOT / ".venv/readers/bin/python", ROOT / "build/readers/bin/python"
CROISSANT = ROOT / ".venv/croissant/bin/python"
Read = Callable[[list[Given], Path], list[Given]]
ENDINGS = {
    "CSV": "csv",
    "CSV, described": "csv",
    "Croissant": "csv",
    "workbook": "xlsx",
    "JSON": "json",
    "Parquet": "parquet",
}


@dataclass(frozen=True)
class Program:
    """A program for one kind of file. `instead` is what a person writes instead, run where `is_tried`."""

    name: str
    form: str
    read: Read
    version: Callable[[], str]
    instead: str = ""
    is_tried: bool = True
    package: str = ""

    def verdict(self, published: Published, folder: Path, *, instead: bool = False) -> str:
        """What all tables of a publication become."""
        given = published.given(ENDINGS[self.form], with_texts=instead)
        orders = {"Parquet": "typed_by_key", "Croissant": "typed_by_croissant"}
        typed = getattr(published, orders.get(self.form, "typed"))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        counted: Counter[str] = Counter()
        failed, names = [], 0
        for table, right, answer in zip(given, typed, self.read(given, folder), strict=True):
            if "error" in answer:
                failed.append(table["name"])
                continue
            rows, columns = answer["rows"], answer["columns"]
            if set(columns) == set(right["columns"]):  # in another order, perhaps
                places = [columns.index(name) for name in right["columns"]]
                rows, columns = [[row[place] for place in places] for row in rows], right["columns"]
            counted += changes(right["rows"], rows)
            if self.form != "workbook":  # whose header has titles
                names += sum(one != other for one, other in zip(right["columns"], columns, strict=False))
        return said(counted, failed, names) if len(failed) < len(given) else "not read"

    @property
    def is_installed(self) -> bool:
        try:
            return bool(self.version())
        except (OSError, subprocess.CalledProcessError):
            return False


def output(*command: str | Path, folder: Path | None = None) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, check=True, timeout=1_200, encoding="utf-8", env=environment
    )
    return done.stdout


def shown_version(*command: str) -> str:
    """The first number with a point that a program says of itself."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else ""


def debian(package: str) -> str:
    """The version of a Debian package, without what Debian adds."""
    found = output("dpkg-query", "--show", "--showformat=${Version}", package)
    return re.split(r"[-+~]", found.rpartition(":")[2])[0]


def of_python(python: Path, package: str) -> str:
    return output(python, "-c", f"import importlib.metadata as m; print(m.version({package!r}))").strip()


def of_node(package: str, folder: Path = NODE) -> str:
    return str(json.loads((folder / package / "package.json").read_text("utf-8"))["version"])


def by_python(python: Path, reader: str) -> Read:
    return lambda tables, _: by_cells(python, reader, tables)


def by_node(reader: str) -> Read:
    def read(tables: list[Given], _: Path) -> list[Given]:
        command = ["node", Path(__file__).with_name("node") / "cells.mjs", reader]
        done = subprocess.run(command, input=json.dumps(tables), capture_output=True, text=True, check=True)
        answers: list[Given] = json.loads(done.stdout)
        return answers

    return read


def by_r(reader: str) -> Read:
    def read(tables: list[Given], folder: Path) -> list[Given]:
        (folder / "tables.json").write_text(json.dumps(tables), "utf-8")
        output("Rscript", "--vanilla", CELLS.with_suffix(".R"), reader, folder / "tables.json", folder)
        return [_r_answer(folder / f"{number}.txt") for number in range(1, len(tables) + 1)]

    return read


def _r_answer(path: Path) -> Given:
    """What cells.R writes of a table: the size, then names and columns, a cell a line."""
    head, *lines = path.read_text("utf-8").splitlines()
    if head.startswith("error"):
        return {"error": head.removeprefix("error ")}
    rows, width = map(int, head.split()[1:])
    texts = [None if line == "NA" else bytes.fromhex(line).decode("utf-8", "replace") for line in lines]
    columns = [texts[width + at * rows : width + (at + 1) * rows] for at in range(width)]
    return {"columns": texts[:width], "rows": list(map(list, zip(*columns, strict=True)))}


def each(convert: Callable[[Given, Path], Path], reader: str) -> Read:
    """A program that writes what it has read, one table at a time, and a reader of what it has written."""

    def read(tables: list[Given], folder: Path) -> list[Given]:
        answers = []
        for number, table in enumerate(tables):
            try:
                path = convert(table, folder / str(number))
                answers += by_cells(SITE, reader, [{"path": str(path), "sheet": table["sheet"]}])
            except (subprocess.CalledProcessError, OSError) as error:
                answers.append({"error": str(error)})
        return answers

    return read


def to_json(command: list[str], advised: list[str]) -> Callable[[Given, Path], Path]:
    """The output of a command, which is JSON; another command by our advice."""

    def convert(table: Given, target: Path) -> Path:
        chosen = advised if "texts" in table else command
        target.write_text(output(*chosen, table["path"]), "utf-8")
        return target

    return convert


def gdal(table: Given, target: Path) -> Path:
    """The attributes of GeoJSON; by our advice, of the CSV in the package with its `.csvt` beside it."""
    path, is_book = table["path"], table["path"].endswith(".xlsx")
    more = [table["sheet"]] if is_book else []
    if "texts" in table and is_book:
        more += ["--config", "OGR_XLSX_HEADERS", "FORCE"]
    elif "texts" in table:
        with zipfile.ZipFile(next(Path(table["folder"]).glob("*.zip"))) as package:
            package.extractall(target.with_suffix(".package"))
        path = str(target.with_suffix(".package") / Path(path).name)
    output("ogr2ogr", "-f", "GeoJSON", target, path, *more)
    rows = [feature["properties"] for feature in json.loads(target.read_text("utf-8"))["features"]]
    target.write_text(json.dumps(rows), "utf-8")
    return target


def office(tables: list[Given], folder: Path) -> list[Given]:
    """LibreOffice opens all files and saves them as workbooks; a CSV as UTF-8, with all else as it is set."""
    books = []
    for number, table in enumerate(tables):
        books.append(folder / f"{number}{Path(table['path']).suffix}")
        shutil.copy(table["path"], books[-1])
    output("soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
           "--infilter=CSV:44,34,76", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
           "--outdir", folder / "saved", *books)  # fmt: skip
    return by_cells(SITE, "calamine_xlsx", [
        {"path": str(folder / "saved" / f"{book.stem}.xlsx"),
         "sheet": table["sheet"] if book.suffix == ".xlsx" else book.stem}
        for table, book in zip(tables, books, strict=True)
    ])  # fmt: skip


def gnumeric(table: Given, target: Path) -> Path:
    saved = target.with_suffix(".xlsx")
    output("ssconvert", "--export-type=Gnumeric_Excel:xlsx2", table["path"], saved)
    return saved


def gnumeric_csv(tables: list[Given], folder: Path) -> list[Given]:
    """The sheet is named after the file."""
    named = [{**table, "sheet": Path(table["path"]).name} for table in tables]
    return each(gnumeric, "calamine_xlsx")(named, folder)


CALC, SSCONVERT, GDAL = (partial(debian, name) for name in ("libreoffice-calc-nogui", "gnumeric", "gdal-bin"))
PANDAS, POLARS, PYARROW = (partial(of_python, READERS, name) for name in ("pandas", "polars", "pyarrow"))
DUCKDB, CSVKIT = partial(of_python, SITE, "duckdb"), partial(of_python, MATRIX, "csvkit")
SHEETJS, EXCELJS = partial(of_node, "xlsx"), partial(of_node, "exceljs")

PROGRAMS = [
    Program("R, read.csv", "CSV", by_r("read.csv"), partial(shown_version, "R", "--version"),
            '`read.csv(f, colClasses = c(code = "character"), check.names = FALSE, na.strings = "")`',
            package="r-base-core"),
    Program("R, readr", "CSV", by_r("readr"), partial(debian, "r-cran-readr"),
            '`read_csv(f, col_types = cols(code = "c"), na = "", quoted_na = FALSE, trim_ws = FALSE)`',
            package="r-cran-readr"),
    Program("R, data.table", "CSV", by_r("fread"), partial(debian, "r-cran-data.table"),
            '`fread(f, colClasses = list(character = "code"), na.strings = "", strip.white = FALSE)`',
            package="r-cran-data.table"),
    Program("pandas", "CSV", by_python(READERS, "pandas_csv"), PANDAS,
            '`read_csv(f, dtype={"code": "str"}, keep_default_na=False, na_values=[""])`'),
    Program("Polars", "CSV", by_python(READERS, "polars_csv"), POLARS,
            '`read_csv(f, schema_overrides={"code": pl.String}, infer_schema_length=None)`'),
    Program("PyArrow", "CSV", by_python(READERS, "pyarrow_csv"), PYARROW,
            '`ConvertOptions(column_types={"code": pa.string()}, null_values=[""], strings_can_be_null=True, '
            "quoted_strings_can_be_null=False)`, `ParseOptions(newlines_in_values=True)`"),
    Program("DuckDB", "CSV", by_python(SITE, "duckdb_csv"), DUCKDB, "`read_csv(f, types = {'code': 'VARCHAR'})`"),
    Program("csvkit, csvjson", "CSV", each(to_json(["build/readers/bin/csvjson"],
            ["build/readers/bin/csvjson", "--no-inference", "--blanks"]), "python_json"), CSVKIT,
            "`csvjson --no-inference --blanks`"),
    Program("Miller", "CSV", each(to_json(["mlr", "--icsv", "--ojson", "cat"],
            ["mlr", "-S", "--icsv", "--ojson", "--no-auto-unflatten", "cat"]), "python_json"),
            partial(debian, "miller"), "`mlr -S --no-auto-unflatten`", package="miller"),
    Program("SheetJS", "CSV", by_node("sheetjs_csv"), SHEETJS, "`XLSX.read(text, {type: 'string', raw: true})`"),
    Program("LibreOffice Calc", "CSV", office, CALC, "the workbook", False, "libreoffice-calc-nogui"),
    Program("Gnumeric", "CSV", gnumeric_csv, SSCONVERT, "the workbook", False, "gnumeric"),
    Program("GDAL", "CSV", each(gdal, "python_json"), GDAL, "the CSV of the package, with its `.csvt` beside it",
            package="gdal-bin"),
    Program("csvw", "CSV, described", by_python(SITE, "csvw_csv"), partial(of_python, SITE, "csvw")),
    Program("mlcroissant", "Croissant", by_python(CROISSANT, "mlcroissant_csv"),
            partial(of_python, CROISSANT, "mlcroissant")),
    Program("R, readxl", "workbook", by_r("readxl"), partial(debian, "r-cran-readxl"),
            "`read_excel(f, trim_ws = FALSE)`", package="r-cran-readxl"),
    Program("openpyxl", "workbook", by_python(SITE, "openpyxl_xlsx"), partial(of_python, SITE, "openpyxl")),
    Program("calamine", "workbook", by_python(SITE, "calamine_xlsx"), partial(of_python, SITE, "python-calamine")),
    Program("SheetJS", "workbook", by_node("sheetjs_xlsx"), SHEETJS, "`XLSX.readFile(f, {cellDates: true})`"),
    Program("exceljs", "workbook", by_node("exceljs_xlsx"), EXCELJS),
    Program("LibreOffice Calc", "workbook", office, CALC, package="libreoffice-calc-nogui"),
    Program("Gnumeric", "workbook", each(gnumeric, "calamine_xlsx"), SSCONVERT, package="gnumeric"),
    Program("GDAL", "workbook", each(gdal, "python_json"), GDAL,
            "`--config OGR_XLSX_HEADERS FORCE`: else the header of a sheet of texts is a row", package="gdal-bin"),
    Program("pandas", "JSON", by_python(READERS, "pandas_json"), PANDAS,
            "`read_json(f, dtype=False, convert_dates=False)`"),
    Program("Polars", "JSON", by_python(READERS, "polars_json"), POLARS, "`read_json(f, infer_schema_length=None)`"),
    Program("DuckDB", "JSON", by_python(SITE, "duckdb_json"), DUCKDB, "the Parquet file", is_tried=False),
    Program("R, jsonlite", "JSON", by_r("jsonlite"), partial(debian, "r-cran-jsonlite"), package="r-cran-jsonlite"),
    Program("jq", "JSON", each(to_json(["jq", "."], ["jq", "."]), "python_json"), partial(debian, "jq"), package="jq"),
    Program("Miller", "JSON", each(to_json(["mlr", "--json", "cat"], ["mlr", "--json", "cat"]), "python_json"),
            partial(debian, "miller"), package="miller"),
    Program("JavaScript, JSON.parse", "JSON", by_node("node_json"), partial(shown_version, "node", "--version")),
    Program("pandas", "Parquet", by_python(READERS, "pandas_parquet"), PANDAS),
    Program("Polars", "Parquet", by_python(READERS, "polars_parquet"), POLARS),
    Program("PyArrow", "Parquet", by_python(READERS, "pyarrow_parquet"), PYARROW),
    Program("DuckDB", "Parquet", by_python(SITE, "duckdb_parquet"), DUCKDB),
    Program("hyparquet", "Parquet", by_node("hyparquet_parquet"), partial(of_node, "hyparquet", ROOT / "node_modules"),
            "`parquetReadObjects({file, compressors})` with hyparquet-compressors, or fzstd as here"),
    Program("Hugging Face datasets", "Parquet", by_python(MATRIX, "datasets_parquet"),
            partial(of_python, MATRIX, "datasets")),
]  # fmt: skip


@dataclass(frozen=True)
class Unpacker:
    """A program that unpacks the package: every file of the release, to the byte."""

    name: str
    command: tuple[str, ...]
    version: Callable[[], str]
    package: str = ""
    after: tuple[str, ...] = ()

    def verdict(self, published: Published, folder: Path) -> str:
        unlike = []
        for release in published.releases:
            (path,) = release.glob("*.zip")
            target = folder / release.parent.name
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            # Where a program knows no language, as on many servers.
            environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
            done = subprocess.run(
                [*self.command, path, *self.after], cwd=target, capture_output=True, check=False, env=environment
            )
            with zipfile.ZipFile(path) as package:
                right = {name: package.read(name) for name in package.namelist() if not name.endswith("/")}
            found = {one.relative_to(target).as_posix(): one.read_bytes() for one in target.rglob("*") if one.is_file()}
            unlike += [path.name] if done.returncode or found != right else []
        return f"other files: {', '.join(unlike)}" if unlike else "equal"

    @property
    def is_installed(self) -> bool:
        return shutil.which(self.command[0]) is not None


UNPACKERS = [
    Unpacker("unzip", ("unzip", "-q"), partial(debian, "unzip"), "unzip"),
    Unpacker("bsdtar", ("bsdtar", "-x", "-f"), partial(debian, "libarchive-tools"), "libarchive-tools"),
    Unpacker("7-Zip", ("7zz", "x", "-y"), partial(shown_version, "7zz"), "7zip"),
    Unpacker(
        "Python, zipfile",
        (sys.executable, "-m", "zipfile", "-e"),
        partial(shown_version, sys.executable, "-V"),
        after=(".",),
    ),
]
