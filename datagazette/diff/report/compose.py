"""A comparison as blocks: the verdict in one line, what must be fixed, what changed, what will be published."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from datagazette.diff.outcome import Comparison, ReleaseComparison, TableComparison
from datagazette.diff.report.blocks import Block, Bullets, Code, Fold, Grid, Heading, Line, Mark, Paragraph, joined
from datagazette.diff.report.receipts import receipt_blocks
from datagazette.diff.report.sentences import form_line, reason_line, structure_line
from datagazette.diff.report.words import Words
from datagazette.model.problems import Problem, fix, kind, message
from datagazette.model.publication import Release
from datagazette.model.results import Row
from datagazette.reports.text import words as problem_words

_RELEASES = 50  # told in full
_CELLS = 12  # of a table
_ROWS = 5
_COLUMNS = 8
_STRUCTURE = 30
_PROBLEMS = 20
# What makes other errors, and so comes first.
_CAUSES = ("yaml-syntax", "file-missing", "file-name-case", "file-unused", "schema-missing")
_LONGEST = 60  # characters of a cell


def compose(found: Comparison, say: Words) -> Iterator[Block]:
    """The blocks of a report in their order."""
    yield _verdict(found, say)
    yield from _problems(found.errors, say)
    for one in found.releases[:_RELEASES]:
        yield from _release(one, say)
    beyond = len(found.releases) - _RELEASES
    if beyond > 0:
        yield Paragraph(say.count("more", beyond))
    if found.catalog:
        yield Heading(2, (Code("catalog.yaml"),))
        yield Bullets(tuple(structure_line(one, say) for one in found.catalog))
    if found.site_files:
        files = joined([(Code(one),) for one in found.site_files[:5]], say.plain("list"))
        yield Paragraph(say.say("site_files", files=files))
    yield from receipt_blocks(found, say)


def _verdict(found: Comparison, say: Words) -> Heading:
    told = totals(found.releases, say)
    mark: Mark = "fine"
    if found.errors:
        mark, first = "error", say.count("errors", len(found.errors))
    elif not found.releases and not (found.catalog or found.site_files):
        base: Line = (Code(found.base),) if found.base else (say.plain("last_release"),)
        return Heading(1, (*say.say("nothing", base=base), say.plain("stop")), "same")
    elif found.is_same:
        files = sum(bool(table.form) for one in found.releases for table in one.tables)
        mark, first = "same", say.count("only_form", files) if files else say.say("unchanged")
    elif found.releases:
        first = say.count("change", len({one.dataset for one in found.releases}))
    else:
        first = say.say("change_other")
    line = joined([first, told], say.plain("colon")) if told and not found.is_same else first
    if mark == "fine" and any(one.verdict and one.verdict.is_enough for one in found.releases):
        line = joined([line, say.say("fits")], say.plain("semicolon"))
    return Heading(1, (*line, say.plain("stop")), mark)


def totals(releases: Sequence[ReleaseComparison], say: Words) -> Line:
    """`2 rows added, 1 cell changed` over all tables; new and removed datasets are named."""
    tables = [table for one in releases for table in one.tables]
    counts = (
        ("rows_added", sum(one.change.added for one in tables)),
        ("rows_removed", sum(one.change.removed for one in tables)),
        ("cells_changed", sum(field.cells for one in tables for field in one.fields)),
        ("tables_new", sum(one.part == "table" and one.kind == "added" for each in releases for one in each.structure)),
    )
    told = [say.count(key, number) for key, number in counts if number]
    told += [
        (say.plain("dataset_new" if one.before is None else "dataset_gone"), " ", Code(one.dataset))
        for one in releases
        if one.before is None or one.after is None
    ]
    if not told and any(one.structure for one in releases):
        return say.say("described")
    return joined(told, say.plain("comma"))


def _problems(problems: Sequence[Problem], say: Words) -> Iterator[Block]:
    """Each error with its place, and how to fix it; those of one kind in one file once."""
    if not problems:
        return
    language, texts = say.language, problem_words(say.language)
    groups: dict[tuple[str, str], list[Problem]] = {}
    for one in sorted(problems, key=lambda one: one.code not in _CAUSES):
        groups.setdefault((one.file, one.code), []).append(one)
    lines: list[Line] = []
    for (_, code), group in list(groups.items())[:_PROBLEMS]:
        for one in group[:3]:
            title = kind(code, language).title
            lines.append((Code(one.place), f" {title}{texts['colon']}", *marked(message(one, language))))
        if len(group) > 3:
            lines.append(say.count("more", len(group) - 3))
        lines.append((f"{texts['fix']}{texts['colon']}", *marked(fix(group[0], language))))
    if len(groups) > _PROBLEMS:
        lines.append(say.count("more", len(groups) - _PROBLEMS))
    yield Bullets(tuple(lines))


def _release(one: ReleaseComparison, say: Words) -> Iterator[Block]:
    release = one.after or one.before
    assert release is not None
    yield Heading(2, _release_line(one, release, say))
    if one.verdict:
        yield Paragraph(_verdict_line(one, say))
    for table in one.tables:
        if not table.is_same or table.form:
            yield from _table(table, say)
    lines = [structure_line(change, say) for change in one.structure]
    if lines:
        shown = lines[:_STRUCTURE] + ([say.count("more", len(lines) - _STRUCTURE)] if len(lines) > _STRUCTURE else [])
        yield Heading(3, say.say("structure"))
        yield Bullets(tuple(shown))


def _release_line(one: ReleaseComparison, release: Release, say: Words) -> Line:
    before, after = one.before, one.after
    about: list[Line] = []
    if before is None:
        about.append(say.say("dataset_new"))
    if after is None:
        about.append(say.say("dataset_gone"))
    elif before and before.version == after.version and before.state != after.state:
        about.append(say.say(f"now_{after.state}"))
    else:
        about.append(say.say(f"state_{after.state}"))
    if before and after and before.version != after.version:
        about.append(say.say("against", version=str(before.version)))
    return (Code(release.dataset), " ", str(release.version), say.plain("open"), *joined(about, say.plain("comma")),
            say.plain("close"))  # fmt: skip


def _verdict_line(one: ReleaseComparison, say: Words) -> Line:
    verdict = one.verdict
    assert verdict is not None
    assert one.after is not None
    if verdict.required == "none":
        return (*say.say("bump_none"), say.plain("stop"))
    reasons = list(dict.fromkeys(reason_line(reason, say) for reason in verdict.reasons))
    told = reasons[:3] + ([say.count("more", len(reasons) - 3)] if len(reasons) > 3 else [])
    key = "bump_less" if not verdict.is_enough else "bump_has" if verdict.given == verdict.required else "bump_more"
    bump = say.plain(f"bump_{verdict.required}")
    needs = say.say("bump_needs", bump=bump, reasons=joined(told, say.plain("list")))
    return (*joined([needs, say.say(key, version=str(one.after.version))], say.plain("semicolon")), say.plain("stop"))


def _table(table: TableComparison, say: Words) -> Iterator[Block]:
    change = table.change
    cells = sum(field.cells for field in table.fields)
    counts = [("rows_added", change.added), ("rows_removed", change.removed), ("cells_changed", cells)]
    told = [say.count(key, number) for key, number in counts if number] or [
        say.say("damaged" if table.damages else "same")
    ]
    rows = say.say("rows_of", before=f"{table.rows_before:,}", after=f"{table.rows_after:,}")
    yield Heading(3, (Code(table.file.rpartition("/")[2]), say.plain("colon"), *joined(told, say.plain("comma")),
                      say.plain("open"), *rows, say.plain("close")))  # fmt: skip
    if not change.key and not table.is_same:
        yield Paragraph((*say.say("unkeyed"), say.plain("stop")))
    yield from _cells(table, say)
    yield from _listed("added_rows", change.columns, change.added_rows, change.added, say)
    yield from _listed("removed_rows", change.columns, change.removed_rows, change.removed, say)
    if table.form:
        kinds = joined([form_line(one, say) for one in table.form], say.plain("list"))
        yield Paragraph((*say.say("form", kinds=kinds), say.plain("stop")))


def _cells(table: TableComparison, say: Words) -> Iterator[Block]:
    """The largest changes of numbers first, then the others in key order."""
    if not table.change.changed_cells:
        return
    tiers = [line for field in table.fields if (line := _tiers_line(field, say))]
    yield from (Paragraph(line) for line in tiers)
    large = {(one.key, one.field): one for one in table.large}
    rest = [one for one in table.change.changed_cells if (one.key, one.field) not in large]
    rows = [_row(one.key, one.field, one.before, one.after, _size(one.relative, one.before, one.after, say))
            for one in table.large]  # fmt: skip
    rows += [_row(one.key, one.field, one.before, one.after, "") for one in rest]
    keys = table.change.key
    header = (*map(Code, keys), *(say.plain(f"column_{name}") for name in ("field", "before", "after", "change")))
    width = len(keys)
    yield Grid(header, tuple(rows[:_CELLS]), frozenset({width + 1, width + 2, width + 3}))
    beyond = sum(field.cells for field in table.fields) - min(len(rows), _CELLS)
    if beyond > 0:
        yield Paragraph(say.count("more_cells", beyond))


def _tiers_line(field: object, say: Words) -> Line:
    tiers = getattr(field, "tiers", None)
    cells = getattr(field, "cells", 0)
    if tiers is None or cells <= _CELLS // 2:
        return ()
    counts = [(name, getattr(tiers, name)) for name in ("tenfold", "half", "tenth", "less")]
    told = [say.count(f"tier_{name}", number) for name, number in counts if number]
    return (Code(getattr(field, "field", "")), say.plain("colon"), *joined(told, say.plain("comma")), say.plain("stop"))


def _row(key: Row, field: str, before: object, after: object, size: str) -> Line:
    return (*(shown(one) for one in key), Code(field), shown(before), shown(after), size)


def _size(relative: float | None, before: object, after: object, say: Words) -> str:
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


def _listed(key: str, columns: tuple[str, ...], rows: Sequence[Row], count: int, say: Words) -> Iterator[Block]:
    if not rows:
        return
    header = tuple(map(Code, columns[:_COLUMNS])) + (("…",) if len(columns) > _COLUMNS else ())
    cells = tuple(
        (*(shown(one) for one in row[:_COLUMNS]), *(("…",) if len(columns) > _COLUMNS else ())) for row in rows[:_ROWS]
    )
    blocks: tuple[Block, ...] = (Grid(header, cells),)
    if count > len(cells):
        blocks = (*blocks, Paragraph(say.count("more_rows", count - len(cells))))
    yield Fold(say.say(key), blocks)


def shown(value: object) -> Code:
    """A cell's value in one line."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else " ".join(str(value).split())
    return Code(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def marked(text: str) -> Line:
    """A message of ours as a line: what stands between backticks is code."""
    return tuple(Code(part) if number % 2 else part for number, part in enumerate(text.split("`")) if part)
