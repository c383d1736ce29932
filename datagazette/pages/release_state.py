"""The state of a release: withdrawn, a draft or replaced, as banners say above all else; and when the next is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from datagazette.describe import addresses
from datagazette.describe.listing import due
from datagazette.model.publication import Dataset, Release
from datagazette.pages.context import PageContext


@dataclass(frozen=True)
class Banner:
    """`kind` is a class of the theme: `withdrawn`, `old`, `draft`, `info`."""

    kind: str
    strong: str
    words: str | Markup
    link: str = ""
    link_words: str = ""


def state_banners(context: PageContext, dataset: Dataset, release: Release) -> list[Banner]:
    return [*_renamed_banner(context, release), *_state_banner(context, dataset, release)]


def _renamed_banner(context: PageContext, release: Release) -> list[Banner]:
    """The dataset goes on elsewhere; this page, its releases and their files stay."""
    newest = context.content.newest(release.renamed_to) if release.renamed_to else None
    if newest is None:
        return []
    title = context.plain(newest.release.title) or release.renamed_to
    words = context.say("banner.renamed_words", title=title)
    link = context.to(addresses.dataset_path(release.renamed_to))
    return [Banner("old", context.say("banner.renamed"), words, link, context.say("banner.to_renamed"))]


def _state_banner(context: PageContext, dataset: Dataset, release: Release) -> list[Banner]:
    if release.state == "draft":
        return [Banner("draft", context.say("banner.draft"), context.say("banner.draft_words"))]
    if release.withdrawal is None:
        return []
    day = context.date(release.withdrawal.date)
    latest = dataset.latest
    newer = latest.state == "released" and latest.version != release.version
    return [
        Banner(
            "withdrawn",
            context.say("banner.withdrawn", date=day),
            context.rich_inline(release.withdrawal.reason),
            context.to(addresses.dataset_path(dataset.name)) if newer else "",
            context.say("banner.to_newest", version=latest.version) if newer else "",
        )
    ]


def place_banner(context: PageContext, dataset: Dataset, release: Release) -> list[Banner]:
    """Which release this is, and whether there is a newer one."""
    latest = dataset.latest
    link = context.to(addresses.dataset_path(dataset.name))
    day = context.release_date(release)
    this = context.say("banner.this_release", version=release.version, date=day)
    if release.version < latest.version:
        newer = context.say("banner.newer", version=latest.version, date=context.release_date(latest))
        return [Banner("old", this, newer, link, context.say("banner.to_newest", version=latest.version))]
    if release.state != "released":
        return []
    return [Banner("info", this, context.say("banner.is_newest"), link, context.say("banner.to_dataset"))]


def warning_banners(context: PageContext, dataset: Dataset, release: Release) -> list[Banner]:
    """What every page of a release warns of: that it was withdrawn or is a draft, or draws on what was withdrawn."""
    return [*state_banners(context, dataset, release), *used_banners(context, release)]


def used_banners(context: PageContext, release: Release) -> list[Banner]:
    """A release that this one was made with may have been withdrawn since."""
    found = []
    for name, version in release.uses:
        used = context.content.publication.release(name, version)
        if used and used.withdrawal:
            strong = context.say("banner.used_withdrawn", title=context.plain(used.title) or name, version=version)
            link = context.to(addresses.release_path(name, version))
            reason = context.rich_inline(used.withdrawal.reason)
            found.append(Banner("withdrawn", strong, reason, link, context.say("banner.to_used")))
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
