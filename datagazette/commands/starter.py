"""The files of a new publication, as texts: what `starter/` has of them, filled with what the publisher said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import yaml
from babel import Locale, UnknownLocaleError
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from datagazette.home import HOME, PACKAGE
from datagazette.intake.describe import as_yaml
from datagazette.load.files import DATASETS, DESCRIPTOR, NOTES, SCHEMAS
from datagazette.model.names import is_email

STARTER = PACKAGE / "starter"
EXAMPLE = "months"
PROGRAM = "program.txt"
_FALLBACK = "en"
_VERSION = f"{DATASETS}/{EXAMPLE}/1.0.0"
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Files that are copied as they are: where they are here, and their place in the publication. Each host has all that it
# needs in its own folder, so that the folder of another one can be deleted.
_COPIES = {
    "starter/hosts/gitignore": ".gitignore",
    "starter/hosts/check.yml": ".github/workflows/check.yml",
    "starter/hosts/publish.yml": ".github/workflows/publish.yml",
    "starter/hosts/gitlab-ci.yml": ".gitlab-ci.yml",
}
_ACTIONS = {
    "check/action.yml": ".github/actions/check/action.yml",
    "publish/action.yml": ".github/actions/publish/action.yml",
    "install.sh": ".github/actions/install.sh",
    "gitlab/datagazette.yml": ".gitlab/datagazette.yml",
}
_ALSO = {"install.sh": ".gitlab/install.sh"}
ACTIONS = frozenset({*_ACTIONS.values(), *_ALSO.values()})


@dataclass(frozen=True)
class Licence:
    """`name` is its identifier in the SPDX list; titles are by language, and under `""` is its own."""

    name: str
    path: str
    titles: Mapping[str, str]


@dataclass(frozen=True)
class Wanted:
    """What a new publication says of itself. `titles` and `publishers` are by language; `logo` is a file of the
    publication, relative to its folder; `contact` is an e-mail address, a web address or empty."""

    name: str
    languages: tuple[str, ...]
    titles: Mapping[str, str]
    publishers: Mapping[str, str]
    base_url: str
    licence: Licence
    contact: str = ""
    colour: str = ""
    logo: str = ""
    program: str = ""
    example: bool = True

    @property
    def names_publisher(self) -> bool:
        """Whether it says who publishes the data: the title is taken where it does not."""
        return self.publishers != self.titles

    @property
    def has_example_address(self) -> bool:
        """Whether the address is one for examples (RFC 2606), which nobody can have."""
        host = urlsplit(self.base_url).hostname or ""
        return f".{host}".endswith((".example", ".example.org", ".example.com", ".example.net"))


def helper_files(wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    """(path, content) of what a publication has beside its data: workflows, and what maintainers read."""
    yield PROGRAM, _filled(wanted, _guide(wanted.languages[0]), "program.txt").encode()
    for place, language in _readmes(wanted.languages):
        yield place, _filled(wanted, language, "README.md").encode()
    for source, target in _COPIES.items():
        yield target, (PACKAGE / source).read_bytes()
    for source, target in [*_ACTIONS.items(), *_ALSO.items()]:
        yield target, (HOME / "action" / source).read_bytes()


def catalog_text(wanted: Wanted) -> str:
    """`datasets/catalog.yaml`, each key with a comment."""
    return _filled(wanted, _guide(wanted.languages[0]), "catalog.yaml.in")


def example_files(languages: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The example, a draft: the months and their days, in the languages of the publication.

    Names of months are those of CLDR. February has at least 28 days, so that there is a bound and a note to see.
    """
    folder = STARTER / "example"
    package = _in_languages(_read("example/datapackage.yaml"), languages)
    yield f"{_VERSION}/{DESCRIPTOR}", as_yaml(package).encode()
    yield f"{_VERSION}/lengths.sql", (folder / "lengths.sql").read_bytes()
    schema = _in_languages(_read("example/months.v1.yaml"), languages)
    (label,) = [column for column in schema["fields"] if column["name"] == "name"]
    at = schema["fields"].index(label)
    others = [_named(label, language) for language in languages[1:]]
    schema["fields"][at + 1 : at + 1] = others
    yield f"{SCHEMAS}/{EXAMPLE}.v1.yaml", as_yaml(schema).encode()
    names = [_month_names(language) for language in languages]
    rows = [["month", "name", *(column["name"] for column in others), "days", "bound"]]
    for month, days in enumerate(_DAYS, 1):
        own = [known[month] for known in names]
        rows.append([str(month), *own, str(days), "at_least" if days == min(_DAYS) else "exact"])
    yield f"{_VERSION}/months.csv", "".join(",".join(row) + "\n" for row in rows).encode()
    notes = _in_languages(_read("example/notes.yaml"), languages)
    heads, texts = ",".join(notes), ",".join(json.dumps(text, ensure_ascii=False) for text in notes.values())
    note = f"resource,key,field,kind,{heads}\nmonths,{1 + _DAYS.index(min(_DAYS))},days,lower-bound,{texts}\n"
    yield f"{_VERSION}/{NOTES}", note.encode()


def is_translated(language: str) -> bool:
    """Whether the example has texts in a language; else they are in English."""
    return _base(language) in _read("texts.yaml")


def licences() -> Mapping[str, Licence]:
    """The licences that are usual for open data, by identifier."""
    return {
        name: Licence(
            name, entry["path"], {key.partition("@")[2]: text for key, text in entry.items() if key != "path"}
        )
        for name, entry in _read("licences.yaml").items()
    }


def _named(label: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The column of names in a further language."""
    titles = {key: f"{text} ({language})" for key, text in label.items() if key.partition("@")[0] == "title"}
    name = f"name_{language.replace('-', '_').lower()}"
    return {"name": name, **titles, "type": "string", "role": f"label@{language}"}


def _month_names(language: str) -> Mapping[int, str]:
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale(_FALLBACK)
    return dict(locale.months["stand-alone"]["wide"])


def _in_languages(value: Any, languages: Sequence[str]) -> Any:
    """A value of `starter/`, where a plain key is English, with its texts in `languages`, the first under the plain
    key; a text that is not there in a language is left in English."""
    if isinstance(value, list):
        return [_in_languages(item, languages) for item in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for key, item in value.items():
        if "@" in key:
            continue
        found[key] = _in_languages(item, languages)
        if any(other.startswith(f"{key}@") for other in value):
            for position, language in enumerate(languages):
                text = value.get(f"{key}@{_base(language)}", item)
                found[f"{key}@{language}" if position else key] = text
    return found


def _base(language: str) -> str:
    """The language that the texts of `starter/` call it: `da-DK` is Danish."""
    return language.partition("-")[0].lower()


def _guide(language: str) -> str:
    """The language of comments and of the README for a publication whose first language this is."""
    return _base(language) if (STARTER / _base(language) / "README.md").is_file() else _FALLBACK


def _readmes(languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(path, language): one in the first language, and a twin in each other that there is a text for."""
    first = _guide(languages[0])
    yield "README.md", first
    others = dict.fromkeys(_base(language) for language in languages[1:])
    yield from (
        (f"README.{other}.md", other) for other in others if other not in (first, "") and _guide(other) == other
    )


def _filled(wanted: Wanted, guide: str, name: str) -> str:
    """A template of `starter/<language>/`, filled."""
    environment = Environment(  # noqa: S701 - makes YAML and Markdown, no HTML
        loader=FileSystemLoader(STARTER / guide), undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters["quoted"] = _quoted

    def texts(key: str, values: Mapping[str, str], indent: int = 0) -> str:
        """A line for each language that there is a text in; one under `""` is right in all."""
        lines = [
            f"{' ' * indent}{key}{f'@{language}' if position else ''}: {_quoted(text)}\n"
            for position, language in enumerate(wanted.languages)
            if (text := values.get(language) or values.get(_base(language)) or values.get(""))
        ]
        return "".join(lines)

    first = wanted.languages[0]
    said, known = _read("texts.yaml"), {}
    for language in wanted.languages:
        publisher = wanted.publishers.get(language) or wanted.publishers[first]
        if own := said.get(_base(language)):
            known[language] = own["description" if wanted.names_publisher else "unnamed"].format(publisher=publisher)
    return environment.get_template(name).render(
        texts=texts, name=wanted.name, languages=wanted.languages, title=wanted.titles, publisher=wanted.publishers,
        description=known if len(known) == len(wanted.languages) else {}, base_url=wanted.base_url,
        licence={"name": wanted.licence.name, "path": wanted.licence.path, "title": wanted.licence.titles},
        contact=wanted.contact, contact_key="email" if is_email(wanted.contact) else "path",
        contact_title={"": said[_FALLBACK]["contact"], **{code: text["contact"] for code, text in said.items()}},
        colour=wanted.colour, logo=wanted.logo, program=wanted.program, example=wanted.example,
        first_title=wanted.titles[first], first_publisher=wanted.publishers[first], named=wanted.names_publisher,
    )  # fmt: skip


def _quoted(text: str) -> str:
    """A text as YAML has it between double quotes, which are those of JSON."""
    return json.dumps(text, ensure_ascii=False)


@cache
def _read(name: str) -> dict[str, Any]:
    """A file of `starter/`; not to be changed."""
    found: dict[str, Any] = yaml.safe_load((STARTER / name).read_text("utf-8"))
    return found
