"""A comparison as people read it: the verdict in one line, what must be fixed, what changed, what will be published.

Its sentences are in `comparison.yaml` of each language; `key.one` is used where the count is one.
"""

from __future__ import annotations

import math
import string
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from datagazette.diff.outcome import (
    Comparison,
    FieldChange,
    FormChange,
    Reason,
    Receipt,
    ReleaseComparison,
    StructureChange,
    TableComparison,
)
from datagazette.messages import texts
from datagazette.model.problems import Problem, fix, kind, message
from datagazette.model.results import CellChange, Row
from datagazette.reports import blocks, markup
from datagazette.reports.blocks import Block, Bullets, Code, Fold, Grid, Heading, Mark, Paragraph, ReportLine

_RELEASES = 50  # shown in full
_CELLS = 12  # of a table
_ROWS = 5
_COLUMNS = 8
_STRUCTURE = 30
_PROBLEMS = 20
# What makes other errors, and so comes first.
_CAUSES = ("yaml-syntax", "file-missing", "file-name-case", "file-unused", "schema-missing")
_LONGEST = 60  # characters of a cell
_ADDRESSES = 100
_ADDRESS_KINDS = ("page", "download", "feed", "index")
_SENTENCES = 5  # of a text of changes
# Parts that a text of changes reports; descriptions and checks are not among them.
_REPORTED = ("table", "field", "summary")


def text(found: Comparison, language: str) -> Iterator[blocks.TextLine]:
    """The report for a terminal."""
    return blocks.text(_blocks(found, Sentences(language)))


def markdown(found: Comparison, language: str) -> str:
    """The report for a pull request."""
    return markup.markdown(_blocks(found, Sentences(language)))


def html(found: Comparison, language: str) -> str:
    """The report as a page."""
    say = Sentences(language)
    return markup.html(_blocks(found, say), say.plain("title"), language)


@dataclass(frozen=True)
class Sentences:
    """`say` makes a line; values stay what they are, so that a Code among them is shown as code."""

    language: str

    @property
    def texts(self) -> Mapping[str, str]:
        return texts("comparison", self.language)

    def say(self, key: str, **values: str | ReportLine) -> ReportLine:
        line: list[str] = []
        for text, name, _, _ in string.Formatter().parse(self.texts[key]):
            line += [text] if text else []
            if name:
                value = values[name]
                line += [value] if isinstance(value, str) else value
        return tuple(line)

    def count(self, key: str, number: int, **values: str | ReportLine) -> ReportLine:
        """A sentence with a count, which fills `{count}` with its thousands set apart."""
        single = f"{key}.one"
        return self.say(single if number == 1 and single in self.texts else key, count=f"{number:,}", **values)

    def plain(self, key: str) -> str:
        return self.texts[key]

    def joined(self, lines: Sequence[ReportLine], separator: str) -> ReportLine:
        """One line of many; `separator` is the key of what is between them."""
        between = self.plain(separator)
        return tuple(part for number, line in enumerate(lines) for part in ((between, *line) if number else line))

    def first(self, lines: Sequence[ReportLine], most: int) -> tuple[ReportLine, ...]:
        """The first lines; a further one says how many more there are."""
        beyond = len(lines) - most
        return (*lines[:most], self.count("more", beyond)) if beyond > 0 else tuple(lines)

    def changed(self, tables: Sequence[TableComparison]) -> list[ReportLine]:
        """`2 rows added` and `1 cell changed`, over all tables."""
        counts = {
            "rows_added": sum(table.change.added for table in tables),
            "rows_removed": sum(table.change.removed for table in tables),
            "cells_changed": sum(table.cells for table in tables),
        }
        return [self.count(key, number) for key, number in counts.items() if number]


def changes_text(found: ReleaseComparison, language: str) -> str:
    """What a release changes, for its readers: sentences such as `Counts: 1 row added, 2 cells changed.`"""
    say = Sentences(language)
    if found.before is None:
        return "".join((*say.say("first_release"), say.plain("stop")))
    lines: list[ReportLine] = []
    for table in found.tables:
        if changed := say.changed([table]):
            known = found.after.table(table.resource) if found.after else None
            title = (known.title.get(language) if known else "") or table.resource
            lines.append((title, say.plain("colon"), *say.joined(changed, "comma")))
    lines += [
        _structure_line(change, say)
        for change in found.structure
        if change.part in _REPORTED and (change.kind != "changed" or change.bump != "patch")
    ]
    lines = lines[:_SENTENCES] or [say.say("described" if found.structure else "unchanged")]
    text = "".join((*say.joined(lines, "semicolon"), say.plain("stop")))
    return text[:1].upper() + text[1:]


def reason_line(reason: Reason, say: Sentences) -> ReportLine:
    """Why a version must grow."""
    if reason.change:
        return _structure_line(reason.change, say)
    return say.say(f"reason_{reason.kind}", table=Code(reason.resource))


def _structure_line(change: StructureChange, say: Sentences) -> ReportLine:
    """`Field counts.people: minimum 0 → 10`."""
    place = ".".join(part for part in (change.resource, change.name) if part)
    quoted = {"before": Code(change.before), "after": Code(change.after)}
    if change.part == "note":
        what = say.texts.get(f"kind_{change.what}", change.what)
        return say.say(f"note_{change.kind}", place=Code(place), what=what, **quoted)
    base, at, language = change.what.partition("@")  # a translation's key ends with its language
    what = say.texts.get(f"what_{base}", base) + at + language
    key: str = change.kind
    if key == "changed":
        filled = (bool(change.before), bool(change.after))
        key = {(False, True): "changed_set", (True, False): "changed_unset", (False, False): "changed_plain"}.get(
            filled, key
        )
    elif change.what and key != "renamed":
        key = "changed_set" if key == "added" else "changed_unset"
    if not place and f"own_{key}" in say.texts:
        key = f"own_{key}"
    return say.say(key, part=say.plain(f"part_{change.part}"), place=Code(place), what=what, **quoted)


def _form_line(form: FormChange, say: Sentences) -> ReportLine:
    key = f"form_{form.kind}"
    if form.kind == "byte-order-mark":
        return say.say(f"{key}_added" if form.after else f"{key}_removed")
    values = {"before": Code(form.before), "after": Code(form.after)}
    return say.count(key, form.count, **values) if form.kind == "cell-text" else say.say(key, **values)


def _blocks(found: Comparison, say: Sentences) -> Iterator[Block]:
    """The blocks of a report in their order."""
    yield _verdict(found, say)
    yield from _problems(found.errors, say)
    for release in found.releases[:_RELEASES]:
        yield from _release(release, say)
    beyond = len(found.releases) - _RELEASES
    if beyond > 0:
        yield Paragraph(say.count("more", beyond))
    if found.catalog:
        yield Heading(2, (Code("catalog.yaml"),))
        yield Bullets(tuple(_structure_line(change, say) for change in found.catalog))
    if found.site_files:
        files = say.joined([(Code(file),) for file in found.site_files[:5]], "list")
        yield Paragraph(say.say("site_files", files=files))
    yield from _receipts(found, say)


def _verdict(found: Comparison, say: Sentences) -> Heading:
    totals = _totals(found.releases, say)
    mark: Mark = "fine"
    if found.errors:
        mark, first = "error", say.count("errors", len(found.errors))
    elif not found.differs:
        base: ReportLine = (Code(found.base),) if found.base else (say.plain("last_release"),)
        return Heading(1, (*say.say("nothing", base=base), say.plain("stop")), "same")
    elif found.is_same:
        files = sum(bool(table.form) for release in found.releases for table in release.tables)
        mark, first = "same", say.count("only_form", files) if files else say.say("unchanged")
    elif found.releases:
        first = say.count("change", len({release.dataset for release in found.releases}))
    else:
        first = say.say("change_other")
    line = say.joined([first, totals], "colon") if totals and not found.is_same else first
    if mark == "fine" and any(release.verdict and release.verdict.is_enough for release in found.releases):
        line = say.joined([line, say.say("fits")], "semicolon")
    return Heading(1, (*line, say.plain("stop")), mark)


def _totals(releases: Sequence[ReleaseComparison], say: Sentences) -> ReportLine:
    """`2 rows added, 1 cell changed` over all tables; new and removed datasets are named."""
    totals = say.changed([table for release in releases for table in release.tables])
    structure = [change for release in releases for change in release.structure]
    if tables := sum(change.part == "table" and change.kind == "added" for change in structure):
        totals.append(say.count("tables_new", tables))
    totals += [
        (say.plain("dataset_new" if release.before is None else "dataset_gone"), " ", Code(release.dataset))
        for release in releases
        if release.before is None or release.after is None
    ]
    return say.say("described") if structure and not totals else say.joined(totals, "comma")


def _problems(problems: Sequence[Problem], say: Sentences) -> Iterator[Block]:
    """Each error with its place, and how to fix it; those of one kind in one file once."""
    language, words = say.language, texts("reports", say.language)
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in sorted(problems, key=lambda problem: problem.code not in _CAUSES):
        groups.setdefault((problem.file, problem.code), []).append(problem)
    lines: list[ReportLine] = []
    for (_, code), group in list(groups.items())[:_PROBLEMS]:
        title = f" {kind(code, language).title}{words['colon']}"
        found = [(Code(problem.place), title, *_marked(message(problem, language))) for problem in group]
        lines += say.first(found, 3)
        lines.append((f"{words['fix']}{words['colon']}", *_marked(fix(group[0], language))))
    if len(groups) > _PROBLEMS:
        lines.append(say.count("more", len(groups) - _PROBLEMS))
    if lines:
        yield Bullets(tuple(lines))


def _marked(text: str) -> ReportLine:
    """One of our messages as a line: text between backticks is code."""
    return tuple(Code(part) if number % 2 else part for number, part in enumerate(text.split("`")) if part)


def _release(compared: ReleaseComparison, say: Sentences) -> Iterator[Block]:
    before, after = compared.before, compared.after
    release = after or before
    assert release is not None
    about = [say.say("dataset_new")] if before is None else []
    if after is None:
        about.append(say.say("dataset_gone"))
    elif before and before.version == after.version and before.state != after.state:
        about.append(say.say(f"now_{after.state}"))
    else:
        about.append(say.say(f"state_{after.state}"))
    if before and after and before.version != after.version:
        about.append(say.say("against", version=str(before.version)))
    yield Heading(2, (Code(release.dataset), " ", str(release.version), say.plain("open"),
                      *say.joined(about, "comma"), say.plain("close")))  # fmt: skip
    if compared.verdict:
        yield Paragraph((*_verdict_line(compared, say), say.plain("stop")))
    for table in compared.tables:
        if not table.is_same or table.form:
            yield from _table(table, say)
    if compared.structure:
        yield Heading(3, say.say("structure"))
        yield Bullets(say.first([_structure_line(change, say) for change in compared.structure], _STRUCTURE))


def _verdict_line(release: ReleaseComparison, say: Sentences) -> ReportLine:
    verdict = release.verdict
    assert verdict is not None
    assert release.after is not None
    if verdict.required == "none":
        return say.say("bump_none")
    reasons = say.first(list(dict.fromkeys(reason_line(reason, say) for reason in verdict.reasons)), 3)
    key = "bump_less" if not verdict.is_enough else "bump_has" if verdict.given == verdict.required else "bump_more"
    bump = say.plain(f"bump_{verdict.required}")
    needs = say.say("bump_needs", bump=bump, reasons=say.joined(reasons, "list"))
    return say.joined([needs, say.say(key, version=str(release.after.version))], "semicolon")


def _table(table: TableComparison, say: Sentences) -> Iterator[Block]:
    change = table.change
    changed = say.changed([table]) or [say.say("damaged" if table.damages else "same")]
    rows = say.say("rows_of", before=f"{table.rows_before:,}", after=f"{table.rows_after:,}")
    yield Heading(3, (Code(table.file.rpartition("/")[2]), say.plain("colon"), *say.joined(changed, "comma"),
                      say.plain("open"), *rows, say.plain("close")))  # fmt: skip
    if not change.key and not table.is_same:
        yield Paragraph((*say.say("unkeyed"), say.plain("stop")))
    if change.changed_cells:
        yield from _cells(table, say)
    for key, listed, count in (
        ("added_rows", change.added_rows, change.added), ("removed_rows", change.removed_rows, change.removed)
    ):  # fmt: skip
        if listed:
            yield Fold(say.say(key), tuple(_rows(change.columns, listed, count, say)))
    if table.form:
        kinds = say.joined([_form_line(form, say) for form in table.form], "list")
        yield Paragraph((*say.say("form", kinds=kinds), say.plain("stop")))


def _cells(table: TableComparison, say: Sentences) -> Iterator[Block]:
    """The largest changes of numbers first, then the others in key order."""
    for field in table.fields:
        if field.tiers and field.cells > _CELLS // 2:
            yield Paragraph(_tiers_line(field, say))
    sizes = {
        (change.key, change.field): _size(change.relative, change.before, change.after, say) for change in table.large
    }
    cells: list[CellChange] = [*table.large]
    cells += [cell for cell in table.change.changed_cells if (cell.key, cell.field) not in sizes]
    rows = [
        (*map(_shown, cell.key), Code(cell.field), _shown(cell.before), _shown(cell.after),
         sizes.get((cell.key, cell.field), ""))
        for cell in cells
    ]  # fmt: skip
    keys = table.change.key
    header = (*map(Code, keys), *(say.plain(f"column_{name}") for name in ("field", "before", "after", "change")))
    width = len(keys)
    yield Grid(header, tuple(rows[:_CELLS]), frozenset({width + 1, width + 2, width + 3}))
    beyond = table.cells - min(len(rows), _CELLS)
    if beyond > 0:
        yield Paragraph(say.count("more_cells", beyond))


def _tiers_line(field: FieldChange, say: Sentences) -> ReportLine:
    counts = [(name, getattr(field.tiers, name)) for name in ("tenfold", "half", "tenth", "less")]
    counted = [say.count(f"tier_{name}", number) for name, number in counts if number]
    return (Code(field.field), say.plain("colon"), *say.joined(counted, "comma"), say.plain("stop"))


def _size(relative: float | None, before: object, after: object, say: Sentences) -> str:
    """`+8.9%`, or how many times as much where that says more."""
    if relative is None:
        return say.plain("from_zero")
    grows = _number(after) >= _number(before)
    if relative >= 9 and grows:
        return f"×{relative + 1:,.4g}"
    sign, percent = "+" if grows else "−", relative * 100
    return f"{sign}{percent:,.0f}%" if percent >= 10 else f"{sign}{percent:.2g}%"


def _number(text: object) -> float:
    """A number as it was written; one that Python reads otherwise counts as none."""
    try:
        return float(str(text))
    except ValueError:
        return math.nan


def _rows(columns: tuple[str, ...], rows: Sequence[Row], count: int, say: Sentences) -> Iterator[Block]:
    """The first of `count` added or removed rows."""
    more = ("…",) if len(columns) > _COLUMNS else ()
    cells = tuple((*map(_shown, row[:_COLUMNS]), *more) for row in rows[:_ROWS])
    yield Grid((*map(Code, columns[:_COLUMNS]), *more), cells)
    if count > len(cells):
        yield Paragraph(say.count("more_rows", count - len(cells)))


def _shown(value: object) -> Code:
    """A cell's value in one line."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else " ".join(str(value).split())
    return Code(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def _receipts(found: Comparison, say: Sentences) -> Iterator[Block]:
    """None where something must be fixed first, or nothing differs."""
    if found.receipt is None or found.errors or not found.differs:
        return
    merged, promise = found.receipt, found.promise
    if promise is None or merged.appears or merged.changes or merged.goes:
        yield Heading(2, say.say("receipt"))
        yield from _receipt(merged, say)
    else:
        drafts = say.joined([(Code(draft),) for draft in promise.drafts], "list")
        yield Heading(2, say.say("receipt_hidden", drafts=drafts))
    if promise is not None:
        commands = [(Code(f"build.py release {draft.partition(' ')[0]}"),) for draft in promise.drafts]
        yield Heading(3, say.say("promise", command=say.joined(commands, "list")))
        yield from _receipt(promise, say)


def _receipt(receipt: Receipt, say: Sentences) -> Iterator[Block]:
    addresses = {
        key: listed
        for key, listed in (("appears", receipt.appears), ("changes", receipt.changes), ("goes", receipt.goes))
        if listed
    }
    lines: list[ReportLine] = []
    counts: dict[str, Mapping[str, int]] = {
        key: Counter(address.kind for address in listed) for key, listed in addresses.items()
    }
    for key, counted in (counts | {"stays": receipt.stays}).items():
        kinds = [say.count(f"kind_{kind}", counted[kind]) for kind in _ADDRESS_KINDS if counted.get(kind)]
        total = say.joined(kinds, "comma") or say.say("nothing_stays")
        lines.append((say.plain(key), say.plain("colon"), *total))
    yield Bullets(tuple(lines))
    for key in ("appears", "goes", "changes"):
        if key in addresses:
            paths = [(Code(f"/{address.address}"),) for address in addresses[key]]
            yield Fold((say.plain(key),), (Bullets(say.first(paths, _ADDRESSES)),))
