"""The reference of problems: what each message of the check means and how to mend it, from the registry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment

from datagazette.describe import addresses
from datagazette.model.problems import Kind, codes, kind
from datagazette.pages.content import Page
from datagazette.pages.reader import Reader
from datagazette.pages.staging import Head, render
from datagazette.validation.differences import differences


@dataclass(frozen=True)
class Group:
    name: str
    title: str
    kinds: tuple[Kind, ...]


def problems_page(reader: Reader, templates: Environment) -> Page:
    """`/problems/`: a section for each code, which messages and annotations can name."""
    head = Head(
        kind="text",
        title=reader.say("problems.title"),
        description=reader.say("problems.description"),
        breadcrumbs=((reader.say("problems.parent"), addresses.CONTRIBUTE),),
        hide=("navigation",),
        extra={"heading": False},
    )
    return render(reader, templates, "problems", head, groups=tuple(_groups(reader)),
                  differences=differences(reader.language))  # fmt: skip


def _groups(reader: Reader) -> Iterator[Group]:
    kinds = [kind(code, reader.language) for code in codes()]
    for name in dict.fromkeys(one.group for one in kinds):
        told = tuple(one for one in kinds if one.group == name)
        yield Group(name, reader.say(f"problems.groups.{name}"), told)
