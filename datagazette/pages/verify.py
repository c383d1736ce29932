"""The page on which a reader asks whether a file or a figure is still good; a script answers from lists."""

from __future__ import annotations

from collections.abc import Iterable

from datagazette.describe import addresses
from datagazette.model.pages import AuthoredPage
from datagazette.pages.context import Head, Page, PageContext, render
from datagazette.pages.strings import Strings


def verify_page(context: PageContext) -> Page:
    """`/verify/`."""
    head = Head(
        kind="text",
        title=context.say("verify_page.title"),
        description=context.say("verify_page.description"),
        hide=("navigation", "toc"),
        extra={"classic": [f"verify-words.{context.language}", "verify"], "styles": ["verify"]},
    )
    return render(context, "verify", head)


def has_verify_page(authored: Iterable[AuthoredPage], language: str) -> bool:
    """Whether the program writes it: a publication may have a page of its own there."""
    return all((page.address, page.language) != (addresses.VERIFY, language) for page in authored)


def verify_strings(strings: Strings) -> dict[str, str]:
    """The texts of the page's script."""
    return strings.section("verify")
