"""What `verify` found, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from datagazette.commands.verify import FigureAt, FigureVerdict, FileVerdict, Verdict
from datagazette.messages import fill, texts
from datagazette.model.publication import Release
from datagazette.reports import blocks
from datagazette.reports.blocks import Block, Item, Outline, Untrusted

_OPEN = ("release", "corrected")  # sentences that end with a part that may be empty


def described(verdict: Verdict, language: str) -> str:
    """The report for a terminal."""
    return "".join(f"{line.text}\n" for line in blocks.text(verdict_blocks(verdict, language)))


def verdict_blocks(verdict: Verdict, language: str) -> tuple[Block, ...]:
    """What `verify` found, as a report; its first line says what it is."""
    say = _Sentences(language)
    if isinstance(verdict, FileVerdict):
        return (Outline(tuple(_file_items(say, verdict))),)
    if isinstance(verdict, FigureVerdict):
        return (Outline(tuple(_figure_items(say, verdict))),)
    title = say.of("release", verdict.release, path=verdict.path)
    return (Outline((title, *_after(say, verdict.newest, (verdict.release,), verdict.since))),)


@dataclass(frozen=True)
class _Sentences:
    """The sentences of one language."""

    language: str

    def text(self, key: str, /, **values: object) -> str:
        # Sentences that are below others begin with an indent, which the writer of the report adds.
        return fill(texts("verify", self.language)[key].removeprefix("  "), **values)

    def item(self, key: str, /, *items: Item, **values: object) -> Item:
        text = self.text(key, **values)
        return Item((Untrusted(text.rstrip() if key in _OPEN else text),), items=items)

    def of(self, key: str, release: Release, /, *items: Item, **values: object) -> Item:
        about = {"dataset": release.dataset, "version": release.version, "date": release.date}
        return self.item(key, *items, **about, **values)

    def after_date(self, text: str) -> str:
        """A text of the ledger, as it follows a date."""
        return self.text("colon") + text if text else ""


def _file_items(say: _Sentences, verdict: FileVerdict) -> Iterator[Item]:
    key = "like" if verdict.state == "altered" else "origin"
    items = [Item((f"SHA-256 {verdict.sha256}",))]
    for origin in verdict.origins:
        table = say.text("table", resource=origin.resource) if origin.resource else ""
        items.append(say.of(key, origin.release, path=origin.path, table=table))
    state = f"{verdict.state}_values" if verdict.by == "values" else verdict.state
    yield say.item(state, *items, name=verdict.name)
    if verdict.reordered:
        yield say.item("reordered")
    if verdict.others:
        yield say.item("others", parts=", ".join(verdict.others))
    yield from _signature_items(say, verdict)
    releases = tuple(origin.release for origin in verdict.origins)
    if verdict.newest or verdict.state == "removed":
        yield from _after(say, verdict.newest, releases, verdict.since)
    elif verdict.state == "altered":
        yield from _taken_away(say, releases)


def _signature_items(say: _Sentences, verdict: FileVerdict) -> Iterator[Item]:
    """Who signed the sums that have the file."""
    if verdict.signed == ():
        yield say.item("unsigned")
    for release, signature in verdict.signed or ():
        key = signature.key
        about = {"key": key.name if key else "", "fingerprint": signature.fingerprint}
        if key is None or signature.state == "bad":
            yield say.of(f"signature_{signature.state}", release, **about)
            continue
        until = say.text("until", until=key.until) if key.until else ""
        term = say.text("term", since=key.since, until=until)
        yield say.of(f"signature_{signature.state}", release, term=term, **about)
        if key.revoked:
            reason = say.after_date(key.revoked.reason.get(say.language))
            yield say.item("revoked", key=key.name, date=key.revoked.date, reason=reason)


def _figure_items(say: _Sentences, verdict: FigureVerdict) -> Iterator[Item]:
    def value(figure: FigureAt) -> str:
        return say.text("none") if figure.value is None else figure.value

    history: list[Item] = []
    for figure in verdict.history:
        history.append(say.of("at", figure.release, value=value(figure)))
        history += [say.item("note", text=note.text.get(say.language)) for note in figure.notes]
    about = {name: getattr(verdict, name) for name in ("dataset", "resource", "key", "field")}
    quoted = next(
        (figure for figure in verdict.history if verdict.quoted and figure.release.id == verdict.quoted.id), None
    )
    if quoted:
        yield say.item("figure", **about)
        yield say.of("quoted", quoted.release, *history, value=value(quoted))
    else:
        yield say.item("figure", *history, **about)
    changed = [pair for pair in pairwise(verdict.history) if pair[0].value != pair[1].value]
    for before, after in changed:
        yield say.item(
            "corrected", before=value(before), after=value(after), before_version=before.release.version,
            after_version=after.release.version, changes=after.release.changes.get(say.language),
        )  # fmt: skip
    if not changed:
        yield say.item("same")
    yield from _after(say, verdict.newest, tuple(figure.release for figure in verdict.history), ())


def _after(
    say: _Sentences, newest: Release | None, own: tuple[Release, ...], since: tuple[Release, ...]
) -> Iterator[Item]:
    """Whether it is the newest, what came afterwards, and what was withdrawn or taken away."""
    yield from _taken_away(say, own)
    if newest is None:
        yield say.item("no_newest")
        return
    is_newest = newest.id in {release.id for release in own}
    yield say.item("is_newest") if is_newest and len(own) == 1 else say.of("newest", newest)
    if newest.renamed_to:
        yield say.item("renamed", renamed=newest.renamed_to)
    for release in since:
        yield say.of("since", release, changes=say.after_date(release.changes.get(say.language)))
    for release in own:
        if release.withdrawal:
            reason = say.after_date(release.withdrawal.reason.get(say.language))
            yield say.item("gone", version=release.version, date=release.withdrawal.date, reason=reason)


def _taken_away(say: _Sentences, own: tuple[Release, ...]) -> Iterator[Item]:
    """When and why releases were removed, and values of others."""
    for release in {release.id: release for release in own}.values():
        if gone := release.removal:
            reason = say.after_date(gone.reason.get(say.language))
            yield say.item("taken", version=release.version, date=gone.date, reason=reason)
            if gone.instead:
                yield say.item("taken_instead", version=gone.instead)
        for redaction in release.redactions:
            if redaction.cells:
                reason = say.after_date(redaction.reason.get(say.language))
                yield say.item("redacted", version=release.version, date=redaction.date, reason=reason)
