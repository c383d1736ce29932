"""The lists in a workbook: what each field means, and all notes; each a table whose first line is the header."""

from __future__ import annotations

from collections.abc import Iterator

from datagazette.downloads.sheet_cover import labels
from datagazette.model.publication import Release

Line = tuple[str, ...]


def dictionary(release: Release) -> Iterator[Line]:
    """A line for each field of each table and summary, its header first."""
    words, languages = labels(release), release.languages
    translated = [f"{words[key]} ({code})" for code in languages for key in ("title", "description", "unit")]
    yield (words["table"], words["field"], words["type"], *translated, words["required"], words["values"])
    tables = [(table.name, table.schema.fields) for table in release.tables]
    for name, fields in [*tables, *((summary.name, summary.fields) for summary in release.summaries)]:
        for field in fields:
            translated = [text.get(code) for code in languages for text in (field.title, field.description, field.unit)]
            categories = (
                f"{category.value}: {' / '.join(dict.fromkeys(category.label.get(code) for code in languages))}"
                for category in field.categories
            )
            values = "\n".join(line.rstrip(": ") for line in categories)
            values = values or "\n".join(map(str, field.constraints.get("enum", ())))
            yield (name, field.name, field.type, *translated, words["yes"] if field.required else "", values)


def notes(release: Release) -> Iterator[Line]:
    words, languages = labels(release), release.languages
    translated = [f"{words['note']} ({code})" for code in languages]
    yield (words["table"], words["key"], words["field"], words["kind"], *translated, words["source"])
    for note in release.notes:
        translated = [note.text.get(code) for code in languages]
        yield (note.resource, note.key, note.field, note.kind, *translated, note.source)
