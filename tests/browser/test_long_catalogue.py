"""A catalogue with more datasets than its page has room for: the rest comes when somebody asks for it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.host import host

pytestmark = [pytest.mark.browser, pytest.mark.shipped]
ON_PAGE = 4


def shortened(site: Path, target: Path) -> int:
    """The catalogue of a site with its first cards in the page and the others in the file; returns how many."""
    shutil.copytree(site / "assets/site", target / "assets/site")
    page = (site / "en/datasets/index.html").read_text("utf-8")
    cards = re.findall(r'<li class="card".*?</ul>\s*</li>', page, re.DOTALL)
    for card in cards[ON_PAGE:]:
        page = page.replace(card, "")
    labels = re.search(r'(class="catalogue__labels">)(.*?)(</script>)', page, re.DOTALL)
    assert labels
    described = json.loads(labels[2]) | {"total": len(cards), "rest": "cards.json"}
    folder = target / "en/datasets"
    folder.mkdir(parents=True)
    written = json.dumps(described).replace("<", "\\u003c")
    (folder / "index.html").write_text(page.replace(labels[2], written), "utf-8")
    (folder / "cards.json").write_text(json.dumps(cards[ON_PAGE:]), "utf-8")
    return len(cards)


def test_the_rest_comes_when_it_is_asked_for(visit: Visit, own_site: Path, tmp_path: Path) -> None:
    total = shortened(own_site, tmp_path)
    assert total > ON_PAGE
    with host(tmp_path) as address:
        page = visit.page
        page.goto(f"{address}en/datasets/")
        status = page.locator(".catalogue [role=status]")
        expect(status).to_contain_text(str(total))
        shown = page.locator(".card:visible")
        expect(shown).to_have_count(ON_PAGE)
        theme = page.locator(".facet").first
        counted = int(theme.locator(".facet__count").text_content() or "")
        assert not [one for one in visit.requests if one.endswith("cards.json")]

        theme.locator("input").check()
        expect(page.locator(".card")).to_have_count(total)
        expect(shown).to_have_count(counted)
        theme.locator("input").uncheck()
        expect(shown).to_have_count(total)
        assert len([one for one in visit.requests if one.endswith("cards.json")]) == 1

        page.goto(f"{address}en/datasets/?sort=name")
        expect(shown).to_have_count(total)
    assert visit.faults == []
