"""What `verify` found, in words."""

from __future__ import annotations

from collections.abc import Iterator

from datagazette.commands.verify.verifying import FigureVerdict, FileVerdict, Verdict
from datagazette.messages import texts
from datagazette.model.publication import Release


def described(verdict: Verdict, language: str) -> str:
    """Lines for a person; the first one says what it is."""
    words = _Words(language)
    if isinstance(verdict, FileVerdict):
        lines = _file(words, verdict)
    elif isinstance(verdict, FigureVerdict):
        lines = _figure(words, verdict)
    else:
        lines = iter(
            [
                words.of("release", verdict.release, path=verdict.path).rstrip(),
                *_after(words, verdict.newest, (verdict.release,), verdict.since),
            ]
        )
    return "".join(f"{line}\n" for line in lines)


class _Words:
    """The sentences of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = texts("verify", language)

    def say(self, key: str, /, **values: object) -> str:
        text: str = self._words[key]
        return text.format(**values)

    def of(self, key: str, release: Release, /, **values: object) -> str:
        about = {"dataset": release.dataset, "version": release.version, "date": release.date}
        return self.say(key, **about, **values)

    def told(self, text: str) -> str:
        """A text of the ledger, as it follows a date."""
        return self.say("colon") + text if text else ""


def _file(words: _Words, verdict: FileVerdict) -> Iterator[str]:
    yield words.say(verdict.state, name=verdict.name)
    yield f"  SHA-256 {verdict.sha256}"
    for origin in verdict.origins:
        table = words.say("table", resource=origin.resource) if origin.resource else ""
        key = "like" if verdict.state == "altered" else "origin"
        yield words.of(key, origin.release, path=origin.path, table=table)
    if verdict.newest:
        yield from _after(words, verdict.newest, tuple(one.release for one in verdict.origins), verdict.since)


def _figure(words: _Words, verdict: FigureVerdict) -> Iterator[str]:
    yield words.say("figure", dataset=verdict.dataset, resource=verdict.resource, key=verdict.key, field=verdict.field)
    none = words.say("none")
    for one in verdict.history:
        if verdict.quoted and one.release.id == verdict.quoted.id:
            yield words.of("quoted", one.release, value=none if one.value is None else one.value)
    for one in verdict.history:
        yield words.of("at", one.release, value=none if one.value is None else one.value)
        yield from (words.say("note", text=note.text.get(words.language)) for note in one.notes)
    pairs = [pair for pair in zip(verdict.history, verdict.history[1:], strict=False) if pair[0].value != pair[1].value]
    for before, after in pairs:
        yield words.say(
            "corrected",
            before=none if before.value is None else before.value,
            after=none if after.value is None else after.value,
            before_version=before.release.version,
            after_version=after.release.version,
            changes=after.release.changes.get(words.language),
        ).rstrip()
    if not pairs:
        yield words.say("same")
    yield from _after(words, verdict.newest, tuple(one.release for one in verdict.history), ())


def _after(words: _Words, newest: Release, own: tuple[Release, ...], since: tuple[Release, ...]) -> Iterator[str]:
    """Whether it is the newest, what came afterwards, and what was withdrawn."""
    if newest.id in {one.id for one in own}:
        yield words.of("newest", newest) if len(own) > 1 else words.say("is_newest")
    else:
        yield words.of("newest", newest)
    if newest.renamed_to:
        yield words.say("renamed", renamed=newest.renamed_to)
    for one in since:
        yield words.of("since", one, changes=words.told(one.changes.get(words.language)))
    for one in own:
        if one.withdrawal:
            reason = words.told(one.withdrawal.reason.get(words.language))
            yield words.say("gone", version=one.version, date=one.withdrawal.date, reason=reason)
