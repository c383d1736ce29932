"""In which form a changed file writes the values of a table: numbers with a decimal comma, days in another order, the
truth values of another language. What is in another form is written as the table writes it, before it is compared.

A form is taken where it reads more cells than the table's own. Where two read the same cells as other values, the
values of the version before decide, then the other columns of the file, then a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from datagazette.intake import percentages
from datagazette.intake.given import Given, Reading
from datagazette.intake.notices import Notice, Place, notice, stopped
from datagazette.intake.numerals import MARKS
from datagazette.model.resource import Field
from datagazette.tables.cells import value_reader
from datagazette.tables.types import TYPES

_ISO = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%S"}
# Years and months by their shape, and what the table has for them.
_PARTS = {
    "year": ((r"([0-9]{4})\.0+", r"\1"),),
    "yearmonth": (
        (r"([0-9]{4})[/.]([0-9]{2})", r"\1-\2"), (r"([0-9]{2})[-/.]([0-9]{4})", r"\2-\1"),
        (r"([0-9])[-/.]([0-9]{4})", r"\2-0\1"), (r"([0-9]{4}-[0-9]{2})-01", r"\1"),
    ),
}  # fmt: skip
_TRIED = 1_000  # cells of which a form has to read one
_GROUPS = ".,'’ \u00a0\u202f"
# Truth values as spreadsheets and people of several languages write them, in lower case.
_TRUTHS = (
    ("true", "false"), ("1", "0"), ("yes", "no"), ("y", "n"), ("t", "f"), ("是", "否"), ("真", "假"),
    ("wahr", "falsch"), ("ja", "nein"), ("vrai", "faux"), ("oui", "non"), ("verdadero", "falso"), ("sí", "no"),
    ("vero", "falso"), ("sì", "no"), ("verdadeiro", "falso"), ("sim", "não"), ("waar", "onwaar"), ("ja", "nee"),
    ("sant", "falskt"), ("ja", "nej"), ("sand", "falsk"), ("sann", "usann"), ("ja", "nei"), ("tosi", "epätosi"),
    ("prawda", "fałsz"), ("tak", "nie"), ("pravda", "nepravda"), ("ano", "ne"), ("igaz", "hamis"),
    ("adevărat", "fals"), ("doğru", "yanliş"), ("истина", "ложь"), ("да", "нет"), ("істина", "хибність"),
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """A form of a type. `written` gives a cell as the table writes it, None where it is not in the form."""

    name: str
    written: Reading


@dataclass(frozen=True)
class Stated:
    """What a person says of a file: its decimal mark, and the strptime pattern of its days; empty where it is to be
    found out."""

    decimal: str = ""
    days: str = ""


def rewritten(
    file: str, columns: Mapping[str, Given], lines: Sequence[int], stated: Stated
) -> tuple[dict[str, Sequence[str]], tuple[Notice, ...]]:
    """(the cells of the columns as the table writes them, what was converted).

    Raises UsageError where a column may be read in two ways.
    """
    mark = stated.decimal or _mark([percentages.without_marks(given) for given in columns.values()])
    cells: dict[str, Sequence[str]] = {}
    notices = []
    for label, given in columns.items():
        bare = percentages.without_marks(given)
        form = _form(file, label, bare, lines, mark, stated)
        plain = [_as_table(bare, form, cell) for cell in bare.cells] if form else bare.cells
        if given.field.type == "boolean":
            plain = _truths(given, plain)
        elif given.field.type == "datetime":
            plain, unzoned = _zoned(label, given, plain, lines)
            notices.append(unzoned)
        cells[label] = percentages.as_table(file, label, given, plain, lines)
        changed = (
            Place(line, text=f"{before}” → “{after}")
            for line, before, after in zip(lines, given.cells, cells[label], strict=True)
            if before != after
        )
        notices.append(notice("converted", changed, column=label))
    return cells, tuple(notices)


def _as_table(given: Given, form: Form, cell: str) -> str:
    found = form.written(cell) if given.read(cell) else None
    if found is None or given.read(cell) == given.read(found):
        return cell
    return found


def _truths(given: Given, cells: Sequence[str]) -> list[str]:
    """Truth values as the table writes them, also those that its type reads in another form, such as 1 and 0. Where
    the table has one of the two only, the other is that of the same pair."""
    written = {key: text for key, text in given.known.items() if key and not key.startswith("?")}
    for text in tuple(written.values()):
        others = [false if text.lower() == true else true for true, false in _TRUTHS if text.lower() in (true, false)]
        for other in others:
            alike = other.upper() if text.isupper() else other.title() if text.istitle() else other
            if given.fits(alike):
                written.setdefault(given.read(alike) or "", alike)
    return [written.get(given.read(cell) or "", cell) for cell in cells]


def _zoned(label: str, given: Given, cells: Sequence[str], lines: Sequence[int]) -> tuple[Sequence[str], Notice]:
    """(moments without a zone in UTC where those of the table are, and where that gives most of them; others, which are
    named)."""
    known = [key for key in given.known if key and not key.startswith("?")]
    keys = {cell: given.read(cell) or "" for cell in cells}
    moments = {cell: f"{key}Z" for cell, key in keys.items() if key[:1].isdigit() and not key.endswith("Z")}
    unlike = given.field.format == "default" and known and all(key.endswith("Z") for key in known)
    if unlike and 2 * len(set(moments.values()) & set(known)) >= len(known):
        return [moments.get(cell, cell) for cell in cells], notice("zone-missing", ())
    places = (Place(line, text=cell) for line, cell in zip(lines, cells, strict=True) if cell in moments and unlike)
    return cells, notice("zone-missing", places, column=label)


def _form(file: str, label: str, given: Given, lines: Sequence[int], mark: str, stated: Stated) -> Form | None:
    """The form of a column; None where it is the table's own, or where none reads more."""
    cells = given.filled
    own = sum(map(given.fits, cells))
    if own == len(cells) and not given.is_number:
        return None
    some = list(cells)[:_TRIED]
    forms = [form for form in _forms(given.field, stated.days) if any(map(form.written, some))]
    counts = [sum(form.written(cell) is not None for cell in cells) for form in forms]
    most = max(counts, default=0)
    best = [form for form, count in zip(forms, counts, strict=True) if count == most >= own]
    unlike = next((cell for cell in cells if len({form.written(cell) for form in best}) > 1), None)
    if unlike is not None:
        place = Place(lines[cells[unlike]], text=unlike)
        best = _decided(given, best, mark, stated) or _stop(file, label, place, best)
    whole = own == len(cells) and best and best[0].name == given.decimal_mark
    return None if whole or not best or (most == own and not given.is_number) else best[0]


def _decided(given: Given, forms: Sequence[Form], mark: str, stated: Stated) -> list[Form]:
    """The form that a person states, or that gives most values of the table, or that the file's decimal mark shows, or
    that the table's numbers have; nothing where none does."""
    if stated.decimal and given.is_number:
        return [form for form in forms if form.name == stated.decimal]
    known = {form.name: sum(given.read(form.written(cell) or "") in given.known for cell in given.filled)
             for form in forms}  # fmt: skip
    first, second, *_ = sorted(forms, key=lambda form: -known[form.name])
    if known[first.name] > known[second.name]:
        return [first]
    own = given.decimal_mark if given.has_decimals else ""
    return [form for form in forms if given.is_number and form.name == (mark or own)]


def _stop(file: str, label: str, place: Place, forms: Sequence[Form]) -> list[Form]:
    if forms[0].name in MARKS:
        raise stopped(file, notice("thousands-unclear", [place], column=label))
    readings = " / ".join(form.written(place.text) or "" for form in forms)
    raise stopped(file, notice("days-unclear", [place], column=label, readings=readings, format=forms[0].name))


def _mark(columns: Collection[Given]) -> str:
    """The decimal mark of a file: the one that cells show which the other mark cannot explain; empty where both do."""
    found = set()
    for given in columns:
        if given.is_number:
            for cell in given.filled:
                fits = [mark for mark in MARKS if _number(cell.strip(), mark) is not None]
                found |= set(fits) if len(fits) == 1 else set()
    return found.pop() if len(found) == 1 else ""


def _forms(field: Field, days: str) -> list[Form]:
    if field.type in ("integer", "number"):
        return [Form(mark, partial(_as_number, field, mark)) for mark in MARKS]
    if field.type == "boolean":
        return [Form(f"{true}/{false}", partial(_as_truth, field, true, false)) for true, false in _TRUTHS]
    if field.type in _PARTS:
        return [Form(shape, partial(_as_part, shape, form)) for shape, form in _PARTS[field.type]]
    if field.type not in _ISO:
        return []
    listed = [str(guess.extras.get("format") or _ISO[field.type]) for guess in TYPES[field.type].guesses]
    if field.type == "date":  # also with two digits of the year, and as programs write a day that they hold as a moment
        listed += [f"{form[:-2]}%y" for form in listed if form.endswith("%Y")]
        listed += [f"{form}{midnight}" for form in listed for midnight in (" 00:00:00", "T00:00:00", " 0:00")]
    known = [form for form in dict.fromkeys(listed) if form.startswith(days)] or [days]
    own = _ISO[field.type] if field.format in ("default", "any") else field.format
    return [Form(form, partial(_as_day, value_reader(replace(field, format=form)), own)) for form in known]


@cache
def _numeral(mark: str) -> re.Pattern[str]:
    groups = "".join(other for other in _GROUPS if other != mark)
    whole = rf"[1-9][0-9]{{0,2}}([{groups}])[0-9]{{3}}(?:\3[0-9]{{3}})*|[0-9]*"
    return re.compile(rf"([+-]?)({whole})(?:[{mark}]([0-9]+))?([eE][+-]?[0-9]+)?")


def _number(cell: str, mark: str) -> str | None:
    """A number whose decimals follow `mark`, with a point in its place and without marks between thousands."""
    if cell.isascii() and cell.isdecimal():
        return cell
    found = _numeral(mark).fullmatch(cell.replace("−", "-"))
    if not found or not (found[2] or found[4]):
        return None
    digits = re.sub(r"[^0-9]", "", found[2])
    return f"{found[1]}{digits}{'.' if found[4] else ''}{found[4] or ''}{found[5] or ''}"


def _as_number(field: Field, mark: str, cell: str) -> str | None:
    plain = _number(cell.strip(), mark)
    if plain and field.type == "integer":  # 12.0 is how a program writes a whole number that it holds as a decimal
        plain = re.sub(r"\.0+$", "", plain)
    return plain and plain.replace(".", str(field.descriptor.get("decimalChar", ".")))


def _as_truth(field: Field, true: str, false: str, cell: str) -> str | None:
    word = cell.strip().lower().replace("i̇", "i").replace("ı", "i")
    given = field.descriptor
    texts = {true: given.get("trueValues") or ["true"], false: given.get("falseValues") or ["false"]}
    return str(texts[word][0]) if word in texts else None


def _as_part(shape: str, form: str, cell: str) -> str | None:
    found = re.fullmatch(shape, cell.strip())
    return found and found.expand(form)


def _as_day(read: Callable[[str], Any], own: str, cell: str) -> str | None:
    value = read(cell.strip())
    return value.strftime(own) if value is not None else None
