"""The pages of docs/reference/ that are made from the code: `python -m tests.reference` renews them.

Commands and options come from click, keys from what the readers of descriptors know, problems from the registry, the
texts of the interface from the program's own strings. What each key is for is in `messages/<language>/keys.yaml`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from datagazette.charts import rules
from datagazette.cli.group import cli
from datagazette.cli.start import COMMANDS
from datagazette.load import authored_pages, brand, catalog, identity, ledger, package, personal, signing_keys
from datagazette.messages import texts
from datagazette.model.problems import GROUPS, codes, general_fix, kind
from datagazette.tables import descriptors

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs/reference"
LANGUAGES = ("en", "zh")
ROLES = ("value", "unit", "bound", "date", "region", "source", "article", "paragraph", "label")
CONSTRAINTS = (*descriptors._CONSTRAINT_TYPES, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
COMMAND_LINE = """\
`datagazette COMMAND`, or in a checkout `python build.py COMMAND`. Exit status: 0 if all is fine, 1 if the data have \
errors and nothing was published, 2 for wrong usage or a problem of the machine, 130 after Ctrl-C."""
TEXTS = """\
Every text that pages show, by its key. To change one, write it under the same key into \
`site/strings/<language>.yaml` of your publication; what is not there stays as it is here. Names with `$` are filled \
in. An entry with several forms has one for each plural form of the language."""
# What a person does, and with which commands; a command that is not listed here fails the test of this page.
TASKS = {
    "Begin": ("init", "add", "new"),
    "Look": ("serve", "query", "verify"),
    "Change": ("check", "diff", "revise", "push", "release", "sign", "withdraw", "remove", "record"),
    "Publish": ("build",),
}

# The files that people write, with the sections of each page and the keys that the code knows.
KEYS: Mapping[str, Mapping[str, Iterable[str]]] = {
    "catalog": {
        "catalog": catalog._KEYS, "publisher": catalog._PUBLISHER_KEYS, "contact": catalog._CONTACT_KEYS,
        "theme": catalog._THEME_KEYS, "headline": catalog._HEADLINE_KEYS, "featured": catalog._FEATURED_KEYS,
        "brand": brand._BRAND_KEYS, "footer": brand._FOOTER_KEYS, "counter": brand._COUNTER_KEYS,
        "signing_key": signing_keys._KEYS, "revoked": signing_keys._REVOKED_KEYS,
        "accepted": personal._OF_CATALOG,
    },
    "datapackage": {
        "datapackage": package._KEYS, "resource": package._RESOURCE_KEYS, "summary": package._SUMMARY_KEYS,
        "check": package._CHECK_KEYS, "figure": package._FIGURE_KEYS, "source": package._SOURCE_KEYS,
        "contributor": package._CONTRIBUTOR_KEYS, "identifier": identity.IDENTIFIER_KEYS,
        "license": ("name", "title", "path"), "personal": personal._OF_PACKAGE,
    },
    "schemas": {
        "schema": descriptors._SCHEMA_KEYS, "field": descriptors._FIELD_KEYS, "role": ROLES,
        "constraint": CONSTRAINTS, "dialect": descriptors.DIALECT_KEYS,
    },
    "releases": {"ledger": ("releases", "renamedTo"), "release": ledger._RELEASE_KEYS},
    "notes": {"notes": (*package._NOTE_COLUMNS, "source"), "kind": package._NOTE_KINDS},
    "pages": {"page": (*authored_pages._TEXTS, *authored_pages._FLAGS, *authored_pages._LISTS, "modified")},
}  # fmt: skip


def main() -> None:
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8", newline="\n")


def pages() -> dict[str, str]:
    """Each page by its file name."""
    found = {"commands.md": commands()}
    for language in LANGUAGES:
        ending = "" if language == "en" else f".{language}"
        found[f"problems{ending}.md"] = problems(language)
        for name in KEYS:
            found[f"{name}{ending}.md"] = keys(name, language)
    return found | {"charts.md": charts(), "strings.md": strings()}


def commands() -> str:
    """Each command with its arguments and options, as `--help` has them."""
    context = click.Context(cli, info_name="datagazette")
    listed = [name for names in TASKS.values() for name in names if name in COMMANDS]
    assert sorted(listed) == sorted(COMMANDS), "a command is missing in TASKS"
    parts = ["# Commands", COMMAND_LINE]
    for task, names in TASKS.items():
        parts.append(f"## {task}")
        for name in names:
            if name in COMMANDS:
                parts += _command(name, context)
    return _page(parts)


def _command(name: str, context: click.Context) -> Iterator[str]:
    command = cli.get_command(context, name)
    assert command
    own = click.Context(command, info_name=name, parent=context)
    yield f"### {name}"
    yield f"```sh\n{' '.join(['datagazette', name, *command.collect_usage_pieces(own)])}\n```"
    yield re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.cleandoc(command.help or ""))
    rows = [record for option in command.params if (record := option.get_help_record(own))]
    yield _table(("option", "what it does"), ((f"`{_cell(names)}`", _cell(said)) for names, said in rows if said))


def problems(language: str) -> str:
    """Each code of the registry: what it means, and how to fix it."""
    said = texts("keys", language)["problems"]
    groups = yaml.safe_load((ROOT / f"site/strings/{language}.yaml").read_text("utf-8"))["problems"]["groups"]
    parts = [f"# {said['title']}", said["lead"]]
    for group in GROUPS:
        rows = [kind(code, language) for code in codes() if kind(code, language).group == group]
        parts.append(f"## {groups[group]}")
        for row in rows:
            title = f"**{row.title}.** " if language == "en" else f"**{row.title}。**"
            parts += [f"### {row.code}", title + row.meaning, said["fix"] + general_fix(row.code, language)]
    return _page(parts)


def keys(name: str, language: str) -> str:
    """Each key that a file may have, and what it is for."""
    said = texts("keys", language)
    parts = [f"# {said['files'][name]['title']}", said["files"][name]["lead"]]
    for section, known in KEYS[name].items():
        parts.append(f"## {said['sections'][section]}")
        rows = ((f"`{key}`", _cell(said[section][key])) for key in known)
        parts.append(_table((said["keys"]["key"], said["keys"]["purpose"]), rows))
    return _page(parts)


def charts() -> str:
    """Marks and keys of charts, as the rules accept them."""
    said = texts("keys", "en")
    parts = [f"# {said['files']['charts']['title']}", said["files"]["charts"]["lead"]]
    parts += ["## Marks (`mark`)", ", ".join(f"`{mark}`" for mark in sorted(rules.MARKS))]
    parts += ["## Channels (`encoding`)", ", ".join(f"`{channel}`" for channel in sorted(rules.CHANNELS))]
    for name, known in rules._LISTS.items():
        if name != "shared":
            parts += [f"## Keys of `{name}`", ", ".join(f"`{key}`" for key in sorted(known))]
    return _page(parts)


def strings() -> str:
    """Each text of the interface with its key, in the languages that the program has."""
    folder = ROOT / "site/strings"
    english: dict[str, Any] = yaml.safe_load((folder / "en.yaml").read_text("utf-8"))
    parts = ["# Texts of the interface", TEXTS]
    for section, entries in english.items():
        parts.append(f"## {section}")
        parts.append(_table(("key", "text"), ((f"`{key}`", f"`{_cell(text)}`") for key, text in _flat(entries))))
    return _page(parts)


def _flat(entries: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in entries.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _page(parts: list[str]) -> str:
    return "\n\n".join(["<!-- Made by `python -m tests.reference`. -->", *parts]) + "\n"


if __name__ == "__main__":
    main()
