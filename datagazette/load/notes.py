"""`notes.csv`: caveats on single cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from datagazette.load.files import read_limited
from datagazette.model.limits import NOTE_CHARACTERS, NOTES, NOTES_BYTES
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Note
from datagazette.model.text import control_character, read_text

FILE = "notes.csv"
KINDS = ("estimate", "lower-bound", "discrepancy", "break", "suppressed", "correction")
_REQUIRED = ("resource", "key", "field", "kind", "note")


def read_notes(path: Path, file: str, languages: tuple[str, ...]) -> tuple[tuple[Note, ...], tuple[Problem, ...]]:
    """The notes in the file's order, and its faults with their lines."""
    content, unread = read_limited(path, file, NOTES_BYTES)
    if unread:
        return (), unread
    try:
        text = content.decode("utf-8-sig")
        count = sum(1 for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row) - 1
        if count > NOTES:
            return (), (problem("too-many", file, rule="notes", found=count, limit=NOTES),)
        return _read(csv.DictReader(io.StringIO(text, newline=""), strict=True), file, languages)
    except UnicodeDecodeError:
        return (), (problem("csv-encoding", file),)
    except csv.Error as error:
        return (), (problem("file-unreadable", file, reason=str(error)),)


def _read(
    rows: csv.DictReader[str], file: str, languages: tuple[str, ...]
) -> tuple[tuple[Note, ...], tuple[Problem, ...]]:
    header = tuple(rows.fieldnames or ())
    allowed = {*_REQUIRED, "source", *(f"note@{language}" for language in languages[1:])}
    problems = [problem("notes-column-missing", file, 1, column=name) for name in _REQUIRED if name not in header]
    problems += [problem("notes-column-unknown", file, 1, column=name) for name in header if name not in allowed]
    if problems:
        return (), tuple(problems)
    notes = []
    for row in rows:
        note = _note(row, rows.line_num, languages)
        notes.append(note)
        problems += _faults(note, row, file, languages)
    return tuple(notes), tuple(problems)


def _note(row: Mapping[str, str | None], line: int, languages: tuple[str, ...]) -> Note:
    cells = {name: (value or "").strip() for name, value in row.items() if name}
    return Note(cells["resource"], cells["key"], cells["field"], cells["kind"], read_text(cells, "note", languages),
                cells.get("source", ""), line)  # fmt: skip


def _faults(note: Note, row: Mapping[str, object], file: str, languages: tuple[str, ...]) -> list[Problem]:
    found = []
    if None in row or any(value is None for value in row.values()):
        found.append(problem("notes-cells", file, note.line))
    controls = next(filter(None, (control_character(str(value)) for value in row.values())), "")
    if controls:
        found.append(problem("yaml-control-character", file, note.line, found=controls))
    if note.kind not in KINDS:
        found.append(problem("notes-kind", file, note.line, found=note.kind, kinds=", ".join(KINDS)))
    if not note.text or len(note.text.default) > NOTE_CHARACTERS:
        found.append(problem("notes-empty", file, note.line))
    found += [
        warning("translation-missing", file, note.line, key=f"note@{language}", language=language)
        for language in note.text.missing(languages)
    ]
    return found
