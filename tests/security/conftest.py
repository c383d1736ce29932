"""A publication of which every text is one word of 300 letters and then turns the direction of writing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import once, publish
from tests.host import host
from tests.hostile import bait, publication

LONG = "W" * 300
# An override and an end of an isolate that was never opened, neither of them closed.
TURNED = "\u2069turned\u202eback"


def _word(place: str) -> str:
    return f"{LONG}{''.join(filter(str.isalnum, place))} {TURNED}"


def _without_email(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_email(one) for key, one in value.items() if key != "email"}
    return [_without_email(one) for one in value] if isinstance(value, list) else value


def _write_turned(root: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("line", "lines", "cell"):
            patch.setattr(bait, name, _word)
        publication.write(root)
    catalog = root / "datasets/catalog.yaml"
    described = _without_email(yaml.safe_load(catalog.read_text("utf-8")))
    catalog.write_text(yaml.safe_dump(described, allow_unicode=True, sort_keys=False), "utf-8")
    for ledger in sorted(root.glob("datasets/*/releases.yaml")):
        ledger.unlink()  # drafts, which are warned of
    for old in sorted(root.glob("datasets/*/*/datapackage.yaml")):
        described = _without_email(yaml.safe_load(old.read_text("utf-8")))
        old.write_text(yaml.safe_dump(described, allow_unicode=True, sort_keys=False), "utf-8")


@pytest.fixture(scope="session")
def turned_site(shared: Path) -> Path:
    """Its site; its sources are in the folder `turned` beside it."""
    root = once(shared / "turned", _write_turned)
    return once(shared / "site-turned", lambda site: publish(root, site, "--drafts"))


@pytest.fixture(scope="session")
def turned_address(turned_site: Path) -> Iterator[str]:
    with host(turned_site) as address:
        yield address
