"""What `build` says of the size of a site."""

from __future__ import annotations

from collections.abc import Iterator

from datagazette.messages import texts
from datagazette.model.hosts import HOSTS
from datagazette.model.text import in_bytes
from datagazette.publish.sizes import SiteSize, Size, in_count, measures


def size_lines(size: SiteSize, before: Size | None, host: str, lang: str) -> Iterator[str]:
    """The whole site, with the one before where it had another size; drafts; what takes most; and the host's limits."""
    say = texts("cli", lang)["build"]
    was = say["before"].format(**_said(before)) if before and before != size.whole else ""
    yield say["size"].format(**_said(size.whole), data=in_bytes(size.data.bytes), before=was)
    if size.drafts.files:
        yield say["drafts"].format(**_said(size.drafts))
    if len(size.datasets) > 1:
        yield say["largest"].format(
            datasets=say["and"].join(f"{name} {in_bytes(each.bytes)}" for name, each in size.most())
        )
    limits = [
        say[f"limit-{measure.rule}"].format(part=f"{measure.part:.1%}", limit=measure.said(measure.limit))
        for measure in measures(size, host)
    ]
    if limits:
        yield say["host"].format(host=HOSTS[host].title, limits=say["and"].join(limits))


def _said(size: Size) -> dict[str, str]:
    return {"bytes": in_bytes(size.bytes), "files": in_count(size.files)}
