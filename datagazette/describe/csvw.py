"""CSV on the Web metadata for one CSV (https://www.w3.org/TR/tabular-metadata/)."""

from __future__ import annotations

from typing import Any

from datagazette.describe import addresses
from datagazette.describe.datapackage import dialect_descriptor
from datagazette.describe.values import plain
from datagazette.model.publication import Field, Publication, Release, Schema, Table
from datagazette.model.text import Text

# Types whose texts are the same in Table Schema's default format and in XML Schema's.
_DATATYPES = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "date": "date",
    "datetime": "string",
    "time": "string",
    "year": "gYear",
    "yearmonth": "gYearMonth",
    "duration": "string",
    "boolean": "boolean",
}
_DIALECT_KEYS = {"delimiter", "quoteChar", "doubleQuote", "skipInitialSpace", "header", "commentChar"}


def csvw(publication: Publication, release: Release, table: Table) -> dict[str, Any]:
    """What `<resource>.csv-metadata.json` says; `url` is relative to it."""
    address = addresses.dataset_page(publication.catalog, release.dataset, publication.catalog.languages[0])
    described: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": release.languages[0]}],
        "url": f"{table.name}.csv",
        "dc:title": _in_languages(table.title or release.title),
        "dc:license": next(
            (license_.path for license_ in release.licenses or publication.catalog.licenses if license_.path), ""
        ),
        "dc:source": address,
        "dc:description": _in_languages(table.description or release.description),
    }
    described = {key: value for key, value in described.items() if value}
    dialect = _dialect(table)
    described |= {"dialect": dialect} if dialect else {}
    described["tableSchema"] = _schema(table.schema)
    return {key: plain(value) for key, value in described.items()}


def _schema(schema: Schema) -> dict[str, Any]:
    columns = [_column(one, number, schema.missing_values) for number, one in enumerate(schema.fields, 1)]
    described: dict[str, Any] = {"columns": columns}
    if schema.primary_key:
        numbers = {field.name: number for number, field in enumerate(schema.fields, 1)}
        described["primaryKey"] = [_name(name, numbers.get(name, 0)) for name in schema.primary_key]
    return described


def _column(field: Field, number: int, missing: tuple[str, ...]) -> dict[str, Any]:
    """`titles` names the header cell first: a reader compares it with the file."""
    values = list(field.missing_values if field.missing_values is not None else missing)
    described: dict[str, Any] = {
        "name": _name(field.name, number),
        "titles": field.name,
        "dc:title": _in_languages(field.title),
        "dc:description": _in_languages(field.description),
        "datatype": _datatype(field),
        "null": values if values != [""] else "",
        "required": field.required or "",
    }
    return {key: value for key, value in described.items() if value}


def _name(name: str, number: int) -> str:
    """A column's name goes into URI templates, so only letters, digits and `_` are kept as they are."""
    safe = name.replace("_", "").isascii() and name.replace("_", "").isalnum() and not name.startswith("_")
    return name if safe else f"column.{number}"


def _datatype(field: Field) -> str:
    """The XML Schema type where the texts agree, else `string`: the schema in datapackage.json says more."""
    kind = _DATATYPES.get(field.type, "string")
    if kind == "boolean":
        words = {tuple(field.descriptor.get(key, default)) for key, default in _BOOLEANS}
        return "boolean" if words <= {("true",), ("false",)} else "string"
    if field.format not in ("default", "") or not _bare(field):
        return "string"
    return kind


_BOOLEANS = (("trueValues", ("true", "True", "TRUE", "1")), ("falseValues", ("false", "False", "FALSE", "0")))


def _bare(field: Field) -> bool:
    """Whether numbers are written without thousands separators, other decimal signs, or units around them."""
    said = field.descriptor
    return said.get("decimalChar", ".") == "." and not said.get("groupChar") and said.get("bareNumber", True) is True


def _dialect(table: Table) -> dict[str, Any]:
    described = {key: value for key, value in dialect_descriptor(table.dialect).items() if key in _DIALECT_KEYS}
    if "commentChar" in described:
        described["commentPrefix"] = described.pop("commentChar")
    if table.dialect.encoding.lower().replace("-", "") != "utf8":
        described["encoding"] = table.dialect.encoding
    return described


def _in_languages(text: Text) -> Any:
    return [{"@value": value, "@language": language} for language, value in text.values if value]
