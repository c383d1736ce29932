"""A comparison as people read it: the verdict in one line, what must be fixed, what changed, what will be published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from datagazette.diff.outcome import Comparison, Receipt, ReleaseComparison
from datagazette.diff.report_tables import table_blocks
from datagazette.diff.sentences import Sentences, reason_line, structure_line
from datagazette.messages import NAME, texts
from datagazette.model.problems import Problem, fix, kind, message
from datagazette.reports import blocks, markup
from datagazette.reports.blocks import Block, Bullets, Code, Fold, Heading, Mark, Paragraph, ReportLine

_RELEASES = 50  # shown in full
_STRUCTURE = 30
_PROBLEMS = 20
# What makes other errors, and so comes first.
_CAUSES = ("yaml-syntax", "file-missing", "file-name-case", "file-unused", "schema-missing")
_ADDRESSES = 100
_ADDRESS_KINDS = ("page", "download", "feed", "index")


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


def _blocks(found: Comparison, say: Sentences) -> Iterator[Block]:
    """The blocks of a report in their order."""
    yield _verdict(found, say)
    yield from _problems((*found.errors, *found.taken_back, *found.left_out), say)
    for release in found.releases[:_RELEASES]:
        yield from _release(release, say)
    beyond = len(found.releases) - _RELEASES
    if beyond > 0:
        yield Paragraph(say.count("more", beyond))
    if found.catalog:
        yield Heading(2, (Code("catalog.yaml"),))
        yield Bullets(tuple(structure_line(change, say) for change in found.catalog))
    if found.site_files:
        files = say.joined([(Code(file),) for file in found.site_files[:5]], "list")
        yield Paragraph(say.say("site_files", files=files))
    yield from _receipts(found, say)


def _verdict(found: Comparison, say: Sentences) -> Heading:
    totals = _totals(found.releases, say)
    mark: Mark = "fine"
    if found.errors:
        mark, first = "error", say.count("errors", len(found.errors) + found.hidden)
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
    tables_compared = [table for release in releases for table in release.tables]
    totals = [*say.columns(tables_compared), *say.changed(tables_compared)]
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
    elif compared.is_redacted:
        about.append(say.say("now_redacted"))
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
            yield from table_blocks(table, say)
    if compared.structure:
        yield Heading(3, say.say("structure"))
        yield Bullets(say.first([structure_line(change, say) for change in compared.structure], _STRUCTURE))


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
        commands = [(Code(f"{NAME} release {draft.partition(' ')[0]}"),) for draft in promise.drafts]
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
