"""The text of a ledger with something added to an entry, and every other line as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from datagazette.describe.release_history import imprint_descriptor
from datagazette.downloads.promises import Kept
from datagazette.model.publication import Imprint


def as_yaml(content: Any) -> str:
    return str(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120))


def hashes_descriptor(found: Kept) -> dict[str, object]:
    """As they are in a ledger: one hash, or a list where a file was published in several forms."""
    published = {path: known[0] if len(known) == 1 else list(known) for path, known in sorted(found.published.items())}
    return {"published": published, "contents": dict(sorted(found.contents.items()))}


def in_languages(key: str, given: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """A text under the ledger's keys. `given` by language; under `""` is that of the first."""
    return {
        (key if position == 0 else f"{key}@{language}"): text
        for position, language in enumerate(languages)
        if (text := given.get(language) or (given.get("") if position == 0 else ""))
    }


def with_entry(ledger: str, entry: str) -> str:
    """The ledger's text with one more entry, as far in as those that it has, every other line as it was."""
    document = yaml.compose(ledger, yaml.SafeLoader)
    parts = document.value if isinstance(document, yaml.MappingNode) else ()
    known = next((part for part in parts if part[0].value == "releases"), None)
    lines = ledger.splitlines(keepends=True)
    if known is None:
        return "".join([*lines, "releases:\n", *_indented(entry, 2)])
    key, value = known
    span = _span(key, value, lines, 0)
    above, below = lines[: span.stop], lines[span.stop :]
    if not value.value:  # `releases:` or `releases: []`
        return "".join([*lines[: span.start], "releases:\n", *_indented(entry, 2), *below])
    text = "".join(above)
    return "".join([text, "" if text.endswith("\n") else "\n", *_indented(entry, value.start_mark.column), *below])


def _indented(text: str, columns: int) -> list[str]:
    return [" " * columns + line for line in text.splitlines(keepends=True)]


def with_hashes(ledger: str, version: str, found: Kept, imprint: Imprint | None = None) -> str:
    """The ledger's text with the hashes in the entry of `version`; with the imprint, too, where it has none."""
    entry = _entry(ledger, version)
    added = {"imprint": imprint_descriptor(imprint)} if imprint and "imprint" not in _keys(entry) else {}
    return _with(ledger, entry, added | hashes_descriptor(found))


def with_key(ledger: str, version: str, key: str, value: object) -> str:
    """The ledger's text with a key in the entry of `version`."""
    return _with(ledger, _entry(ledger, version), {key: value})


def with_changed(ledger: str, version: str, changed: Mapping[str, object]) -> str:
    """The ledger's text with these keys in the entry of `version`; those that are None are taken out of it."""
    return _with(ledger, _entry(ledger, version), changed)


def _with(ledger: str, entry: yaml.MappingNode, added: Mapping[str, object]) -> str:
    """The text with `added` at the end of the entry, and without what the entry had under these keys."""
    lines = ledger.splitlines(keepends=True)
    indent = entry.value[0][0].start_mark.column
    spans = {key.value: _span(key, value, lines, indent) for key, value in entry.value}
    end = max(span.stop for span in spans.values())
    stale = {number for key in added for number in spans.get(key, ())}
    kept_lines = [line for number, line in enumerate(lines[:end]) if number not in stale]
    written = {key: value for key, value in added.items() if value is not None}
    block = "".join(" " * indent + line for line in (as_yaml(written) if written else "").splitlines(keepends=True))
    first = entry.value[0][0].start_mark.line
    text = "".join(kept_lines).rstrip("\n") + "\n" + block + "".join(lines[end:])
    if first not in stale:
        return text
    # The dash before the entry was on the line of a key that is gone.
    rest = text.splitlines(keepends=True)
    begin = next(number for number in range(first, len(rest)) if rest[number].strip())
    rest[begin] = lines[first][:indent] + rest[begin][indent:]
    return "".join(rest)


def _keys(entry: yaml.MappingNode) -> tuple[str, ...]:
    return tuple(key.value for key, _ in entry.value)


def _span(key: yaml.Node, value: yaml.Node, lines: Sequence[str], indent: int) -> range:
    """The lines of a key with its value; comments and blank lines behind it belong to what follows."""
    end = value.end_mark.line + (value.end_mark.column > indent)
    while lines[end - 1].strip().startswith("#") or not lines[end - 1].strip():
        end -= 1
    return range(key.start_mark.line, end)


def _entry(ledger: str, version: str) -> yaml.MappingNode:
    document = yaml.compose(ledger, yaml.SafeLoader)
    assert isinstance(document, yaml.MappingNode)
    releases = next(value for key, value in document.value if key.value == "releases")
    for entry in releases.value:
        if any((key.value, value.value) == ("version", version) for key, value in entry.value):
            assert isinstance(entry, yaml.MappingNode)
            return entry
    raise LookupError(version)
