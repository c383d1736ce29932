"""The state of a release: withdrawn, a draft or replaced, as banners say above all else; and when the next is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from datagazette.describe import addresses
from datagazette.describe.listing import due
from datagazette.model.publication import Dataset, Release
from datagazette.pages.reader import Reader


@dataclass(frozen=True)
class Banner:
    """`kind` is a class of the theme: `withdrawn`, `old`, `draft`, `info`."""

    kind: str
    strong: str
    words: str | Markup
    link: str = ""
    link_words: str = ""


def state_banners(reader: Reader, dataset: Dataset, release: Release) -> list[Banner]:
    return [*_renamed_banner(reader, release), *_state_banner(reader, dataset, release)]


def _renamed_banner(reader: Reader, release: Release) -> list[Banner]:
    """The dataset goes on elsewhere; this page, its releases and their files stay."""
    newest = reader.content.newest(release.renamed_to) if release.renamed_to else None
    if newest is None:
        return []
    title = reader.plain(newest.release.title) or release.renamed_to
    words = reader.say("banner.renamed_words", title=title)
    link = reader.to(addresses.dataset_path(release.renamed_to))
    return [Banner("old", reader.say("banner.renamed"), words, link, reader.say("banner.to_renamed"))]


def _state_banner(reader: Reader, dataset: Dataset, release: Release) -> list[Banner]:
    if release.state == "draft":
        return [Banner("draft", reader.say("banner.draft"), reader.say("banner.draft_words"))]
    if release.withdrawal is None:
        return []
    day = reader.date(release.withdrawal.date)
    latest = dataset.latest
    newer = latest.state == "released" and latest.version != release.version
    return [
        Banner(
            "withdrawn",
            reader.say("banner.withdrawn", date=day),
            reader.rich_inline(release.withdrawal.reason),
            reader.to(addresses.dataset_path(dataset.name)) if newer else "",
            reader.say("banner.to_newest", version=latest.version) if newer else "",
        )
    ]


def place_banner(reader: Reader, dataset: Dataset, release: Release) -> list[Banner]:
    """Which release this is, and whether there is a newer one."""
    latest = dataset.latest
    link = reader.to(addresses.dataset_path(dataset.name))
    day = reader.release_date(release)
    this = reader.say("banner.this_release", version=release.version, date=day)
    if release.version < latest.version:
        newer = reader.say("banner.newer", version=latest.version, date=reader.release_date(latest))
        return [Banner("old", this, newer, link, reader.say("banner.to_newest", version=latest.version))]
    if release.state != "released":
        return []
    return [Banner("info", this, reader.say("banner.is_newest"), link, reader.say("banner.to_dataset"))]


def standing_banners(reader: Reader, dataset: Dataset, release: Release) -> list[Banner]:
    """What every page of a release warns of: that it was withdrawn or is a draft, or draws on what was withdrawn."""
    return [*state_banners(reader, dataset, release), *used_banners(reader, release)]


def used_banners(reader: Reader, release: Release) -> list[Banner]:
    """A release that this one was made with may have been withdrawn since."""
    found = []
    for name, version in release.uses:
        used = reader.content.publication.release(name, version)
        if used and used.withdrawal:
            strong = reader.say("banner.used_withdrawn", title=reader.plain(used.title) or name, version=version)
            link = reader.to(addresses.release_path(name, version))
            reason = reader.rich_inline(used.withdrawal.reason)
            found.append(Banner("withdrawn", strong, reason, link, reader.say("banner.to_used")))
    return found


@dataclass(frozen=True)
class Freshness:
    """`state`: `final` (will not change), `due` (by `due`), `overdue`, `unknown`, `draft` or `withdrawn`."""

    state: str
    due: date | None = None


def freshness(release: Release, today: date | None) -> Freshness:
    """Without `today` nothing is overdue: the page says when the next release is due."""
    if release.state != "released" or release.date is None:
        return Freshness("withdrawn" if release.state == "withdrawn" else "draft")
    if release.update_frequency == "never":
        return Freshness("final")
    day = due(release)
    if day is None:
        return Freshness("unknown")
    return Freshness("overdue" if today and today > day else "due", day)
