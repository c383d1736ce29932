"""The end of a report: what will appear, change, go and stay on the site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datagazette.diff.outcome import Comparison, Entry, Receipt
from datagazette.diff.report.blocks import Block, Bullets, Code, Fold, Heading, Line, joined
from datagazette.diff.report.words import Words

_KINDS = ("page", "download", "feed", "index")
_ADDRESSES = 100


def receipt_blocks(found: Comparison, say: Words) -> Iterator[Block]:
    """None where something must be fixed first, or nothing differs."""
    if found.receipt is None or found.errors or not (found.releases or found.catalog or found.site_files):
        return
    merged, promise = found.receipt, found.promise
    if promise is None or merged.appears or merged.changes or merged.goes:
        yield Heading(2, say.say("receipt"))
        yield from _receipt(merged, say)
    else:
        drafts = joined([(Code(one),) for one in promise.drafts], say.plain("list"))
        yield Heading(2, say.say("receipt_hidden", drafts=drafts))
    if promise is not None:
        commands = [(Code(f"build.py release {one.partition(' ')[0]}"),) for one in promise.drafts]
        yield Heading(3, say.say("promise", command=joined(commands, say.plain("list"))))
        yield from _receipt(promise, say)


def _receipt(receipt: Receipt, say: Words) -> Iterator[Block]:
    stays = [say.count(f"kind_{kind}", receipt.stays[kind]) for kind in _KINDS if receipt.stays.get(kind)]
    lines: list[Line] = []
    for key in ("appears", "changes", "goes"):
        entries: Sequence[Entry] = getattr(receipt, key)
        if entries:
            lines.append(_counted(key, entries, say))
    lines.append(
        (say.plain("stays"), say.plain("colon"), *(joined(stays, say.plain("comma")) or say.say("nothing_stays")))
    )
    yield Bullets(tuple(lines))
    for key in ("appears", "goes", "changes"):
        entries = getattr(receipt, key)
        if entries:
            listed = [(Code(f"/{one.address}"),) for one in entries[:_ADDRESSES]]
            more = [say.count("more", len(entries) - _ADDRESSES)] if len(entries) > _ADDRESSES else []
            yield Fold((say.plain(key),), (Bullets((*listed, *more)),))


def _counted(key: str, entries: Sequence[Entry], say: Words) -> Line:
    counts = [(kind, sum(one.kind == kind for one in entries)) for kind in _KINDS]
    told = [say.count(f"kind_{kind}", number) for kind, number in counts if number]
    return (say.plain(key), say.plain("colon"), *joined(told, say.plain("comma")))
