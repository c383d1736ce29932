"""Persistent identifiers in descriptors: `identifiers` of data, `orcid` of persons, `ror` of organisations."""

from __future__ import annotations

from collections.abc import Callable

from datagazette.load.descriptors import KeyReader
from datagazette.model.identifiers import (
    EXAMPLES,
    KINDS,
    ORCID,
    ROR,
    Identifier,
    kind_of,
    read_identifier,
    read_orcid,
    read_ror,
)

IDENTIFIER_KEYS = ("type", "value")


def read_identifiers(reader: KeyReader) -> tuple[Identifier, ...]:
    """The `identifiers` of a catalogue, a package or an entry of a ledger, each once: `{type, value}`, or a text such
    as `doi:10.5072/example`."""
    found = (
        _short(reader, item, number) if isinstance(item, str) else _whole(item)
        for number, item in reader.texts_and_items("identifiers")
    )
    return tuple(dict.fromkeys(identifier for identifier in found if identifier))


def _short(reader: KeyReader, written: str, number: int) -> Identifier | None:
    kind = kind_of(written)
    identifier = read_identifier(kind, written) if kind else None
    if identifier is None:
        example = f"doi:{EXAMPLES['DOI']}"
        reader.report("identifier-value", "identifiers", number, rule="short", found=written, example=example)
    return identifier


def _whole(item: KeyReader) -> Identifier | None:
    item.known(IDENTIFIER_KEYS)
    written, value = item.string("type", required=True), item.string("value", required=True)
    if not written or not value:
        return None
    kind = next((kind for kind in KINDS if kind.lower() == written.lower()), "")
    if not kind:
        near = item.document.near.nearest(written, KINDS, 0.6)
        item.report("identifier-type", "type", found=written, known=", ".join(KINDS), near=near)
        return None
    identifier = read_identifier(kind, value)
    if identifier is None:
        item.report("identifier-value", "value", found=value, kind=kind, example=EXAMPLES[kind])
    return identifier


def read_person(reader: KeyReader, path: str) -> str:
    """The `orcid` of a contributor; where there is no such key, that of a `path` that leads to one."""
    return _checked(reader, "orcid", path, ORCID, read_orcid)


def read_organisation(reader: KeyReader, path: str) -> str:
    """The same with `ror`."""
    return _checked(reader, "ror", path, ROR, read_ror)


def _checked(reader: KeyReader, key: str, path: str, site: str, read: Callable[[str], tuple[str, str]]) -> str:
    written = reader.string(key)
    if not written:
        return read(path)[0] if path.startswith(site) else ""
    found, wanted = read(written)
    if not found:
        reader.report(f"not-an-{key}" if key == "orcid" else f"not-a-{key}", key, rule="check" if wanted else "",
                      found=written, wanted=wanted)  # fmt: skip
    return found
