"""What `verify` found, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from datagazette.commands.verify.verifying import FigureVerdict, FileVerdict, Verdict
from datagazette.model.publication import Release

_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "current": "{name}：属于最新版本，内容与发布时相同。",
        "old": "{name}：内容与发布时相同，但已不是最新版本。",
        "withdrawn": "{name}：内容与发布时相同，但所属版本已被撤回。",
        "altered": "{name}：与发布过的文件同名，但内容不同：已被改动，或来自别处。",
        "unknown": "{name}：不认识。它不是这里发布过的文件，或者已被改动并改名。",
        "origin": "  {dataset} {version}（{date}）：{path}{table}",
        "table": "，表 {resource}",
        "like": "  同名文件见 {dataset} {version}（{date}）：{path}",
        "newest": "最新版本：{version}（{date}）。",
        "is_newest": "这是最新版本。",
        "renamed": "这个数据集现在的名称是 {renamed}。",
        "since": "此后发布：{version}（{date}）{changes}",
        "gone": "已撤回：{version}（{date}）{reason}",
        "figure": "{dataset}，表 {resource}，行 {key}，字段 {field}",
        "at": "  {version}（{date}）：{value}",
        "none": "无",
        "quoted": "链接引用的是 {version}（{date}）：{value}",
        "same": "各版本的值没有变化。",
        "corrected": "已更改：{before_version} 中为 {before}，{after_version} 起为 {after}。{changes}",
        "note": "  说明：{text}",
        "release": "{dataset} {version}（{date}）{path}",
        "colon": "：",
    },
    "en": {
        "current": "{name}: of the newest release, and as it was published.",
        "old": "{name}: as it was published, but there is a newer release.",
        "withdrawn": "{name}: as it was published, but its release was withdrawn.",
        "altered": "{name}: has the name of a published file and other content: altered, or from elsewhere.",
        "unknown": "{name}: not known. It was never published here, or was altered and renamed.",
        "origin": "  {dataset} {version} ({date}): {path}{table}",
        "table": ", table {resource}",
        "like": "  a file of this name: {dataset} {version} ({date}): {path}",
        "newest": "The newest release is {version} ({date}).",
        "is_newest": "This is the newest release.",
        "renamed": "The dataset goes on as {renamed}.",
        "since": "Released since: {version} ({date}){changes}",
        "gone": "Withdrawn: {version} ({date}){reason}",
        "figure": "{dataset}, table {resource}, row {key}, field {field}",
        "at": "  {version} ({date}): {value}",
        "none": "no value",
        "quoted": "The link quotes {version} ({date}): {value}",
        "same": "It is the same in every release.",
        "corrected": "Changed: {before} in {before_version}, {after} since {after_version}. {changes}",
        "note": "  note: {text}",
        "release": "{dataset} {version} ({date}) {path}",
        "colon": ": ",
    },
}


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
        self._words = _WORDS.get(language, _WORDS["en"])

    def say(self, key: str, /, **values: object) -> str:
        return self._words[key].format(**values)

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
