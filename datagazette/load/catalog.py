"""`datasets/catalog.yaml`: the publication's own description."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from datagazette.load.brand import read_brand, read_counter, read_footer
from datagazette.load.descriptors import Document, KeyReader
from datagazette.load.identity import read_identifiers, read_organisation
from datagazette.load.personal import as_warnings, personal_texts, read_accepted
from datagazette.load.signing_keys import read_signing_keys
from datagazette.model.formats import ALWAYS, CHOSEN, COPIES, NAMED, USUAL
from datagazette.model.hosts import HOSTS, REDIRECTS
from datagazette.model.names import address_parts, is_base_address, is_email, is_mail_link, usual_code
from datagazette.model.problems import Problem
from datagazette.model.publication import NEUTRAL_PAGES, Catalog, Contact, Imprint, License, Publisher, Theme
from datagazette.model.text import Text
from datagazette.store.address import BadAddress, parse_address

_KEYS = (
    "name", "title", "description", "tagline", "publisher", "contact", "baseUrl", "languages", "licenses",
    "themes", "headlines", "featured", "brand", "footer", "counter", "neutralPages", "problemsPage",
    "formats", "latest", "redirects",
    "host", "store", "keys", "personal", "identifiers",
)  # fmt: skip
_PUBLISHER_KEYS = ("title", "path", "ror")
_CONTACT_KEYS = ("title", "path", "email")
_THEME_KEYS = ("name", "title", "description")
_HEADLINE_KEYS = ("dataset", "figure")
_FEATURED_KEYS = ("dataset", "summary")


_EXAMPLES = {
    "name": "name: open-data",
    "title": "title: …",
    "publisher": "publisher: {title: …}",
    "baseUrl": "baseUrl: https://data.example.org/",
}


def read_catalog(document: Document, root: Path | None = None) -> tuple[Catalog | None, tuple[Problem, ...]]:
    """The catalogue, or None where its faults leave nothing to go on with. Files that it names, such as the logo, are
    looked for below `root`; without it, as for a catalogue of the past, it names none."""
    problems: list[Problem] = []
    reader = KeyReader(document, problems)
    languages = reader.read_languages(("en",))
    for language in languages:
        if language != (usual := usual_code(language)):
            reader.report("language-code", "languages", found=language, near=usual)
    reader.known(_KEYS)
    publisher = reader.child("publisher", required=True)
    featured = reader.child("featured")
    if featured:
        featured.known(_FEATURED_KEYS)
    catalog = Catalog(
        name=reader.name(),
        title=reader.text("title", required=True),
        description=reader.text("description"),
        tagline=reader.text("tagline"),
        publisher=_publisher(publisher),
        contact=_contact(reader.child("contact")),
        languages=languages,
        base_url=_base_url(reader),
        licenses=read_licenses(reader),
        themes=tuple(map(_theme, reader.items("themes"))),
        headlines=tuple(map(_headline, reader.items("headlines"))),
        featured=(featured.string("dataset"), featured.string("summary")) if featured else None,
        brand=read_brand(reader, root),
        footer=read_footer(reader),
        counter=read_counter(reader, root),
        neutral_pages=_neutral_pages(reader),
        problems_page=reader.boolean("problemsPage"),
        store=_store(reader),
        formats=read_formats(reader),
        latest=_latest(reader), redirects=_redirects(reader),
        host=_host(reader), identifiers=read_identifiers(reader),
        keys=read_signing_keys(reader), personal=read_accepted(reader),
    )  # fmt: skip
    found = (*map(_exemplified, problems), *as_warnings(personal_texts(document, catalog.personal)))
    return (catalog if catalog.title and publisher else None), found


def _exemplified(found: Problem) -> Problem:
    """What is missing, with an example of it where every catalogue needs it."""
    example = _EXAMPLES.get(dict(found.values).get("key", "")) if found.code == "missing-key" else None
    return replace(found, values=(*found.values, ("rule", "catalog"), ("example", example))) if example else found


def read_imprint(entry: KeyReader) -> Imprint | None:
    """What an entry of a ledger keeps of the catalogue, under the catalogue's own keys.

    What is doubtful about it was a warning of the catalogue then, and can no longer be changed.
    """
    if entry.child("imprint") is None:
        return None
    problems: list[Problem] = []
    reader = KeyReader(entry.document, problems, (*entry.path, "imprint"))
    languages = reader.read_languages(entry.languages)
    reader.known(("title", "publisher", "baseUrl", "languages", "licenses"))
    imprint = Imprint(
        title=reader.text("title", required=True),
        publisher=_publisher(reader.child("publisher", required=True)),
        base_url=_base_url(reader),
        languages=languages,
        licenses=read_licenses(reader),
    )
    entry.problems += (problem for problem in problems if problem.severity == "error")
    return imprint


def read_licenses(reader: KeyReader) -> tuple[License, ...]:
    """The `licenses` of a catalogue, a package or a resource; each needs a name or a path."""
    found = []
    for license_ in reader.items("licenses"):
        license_.known(("name", "path", "title"))
        if not (license_.value.get("name") or license_.value.get("path")):
            license_.report("missing-key", key="name")
        found.append(License(license_.string("name"), license_.text("title"), read_link(license_, "path")))
    return tuple(found)


def read_link(reader: KeyReader, key: str) -> str:
    """A link that may be shown: http, https, mailto, or a path of the site itself."""
    value = reader.string(key)
    parts = address_parts(value)
    is_link = parts is not None and parts.scheme in ("", "http", "https")
    if not is_link and not is_mail_link(value):
        reader.report("link-unsafe", key, key=key, found=value)
        return ""
    return value


def _base_url(reader: KeyReader) -> str:
    value = reader.string("baseUrl", required=True)
    if value and not is_base_address(value):
        reader.report("base-url", "baseUrl", found=value)
    return value.rstrip("/") + "/"


def _host(reader: KeyReader) -> str:
    found = reader.string("host")
    if found and found not in HOSTS:
        near = reader.document.near.nearest(found, HOSTS, 0.6)
        reader.report("host-unknown", "host", found=found, known=", ".join(HOSTS), near=near)
        return ""
    return found


def _neutral_pages(reader: KeyReader) -> tuple[str, ...]:
    """Which of the program's own pages are published where the publication has none; all, where nothing is said."""
    if reader.value.get("neutralPages") is None:
        return NEUTRAL_PAGES
    wanted = reader.strings("neutralPages")
    for number, name in enumerate(wanted):
        if name not in NEUTRAL_PAGES:
            near, known = reader.document.near.nearest(name, NEUTRAL_PAGES, 0.6), ", ".join(NEUTRAL_PAGES)
            reader.report("neutral-page-unknown", "neutralPages", number, found=name, known=known, near=near)
    return tuple(wanted)


def _store(reader: KeyReader) -> str:
    """The address at `store`; everyone reads the file, so that it may hold no password."""
    written = reader.string("store")
    try:
        parse_address(written, may_have_password=False) if written else None
    except BadAddress as fault:
        reader.report("store-address", "store", found=fault.shown, rule=fault.rule)
        return ""
    return written


def read_formats(reader: KeyReader) -> tuple[str, ...] | None:
    """The names under `formats` of a catalogue or a package; None where there is no such key."""
    return _kinds(reader, "formats", USUAL) if "formats" in reader.value else None


def _latest(reader: KeyReader) -> tuple[str, ...]:
    """The kinds of files that are copied to `latest/`: a word for some of them, or a list. By default none where the
    host leads its addresses elsewhere."""
    word = reader.value.get("latest", "none" if reader.value.get("redirects") else "linked")
    if isinstance(word, str) and word in COPIES:
        return COPIES[word]
    kinds = _kinds(reader, "latest", *COPIES)
    return (*kinds, *(kind for kind in NAMED if "datapackage" in kinds and kind not in kinds))


def _redirects(reader: KeyReader) -> tuple[str, ...]:
    """The hosts for which redirects are written."""
    names = reader.strings("redirects")
    for number, name in enumerate(names):
        if name not in REDIRECTS:
            near = reader.document.near.nearest(name, REDIRECTS, 0.6)
            reader.report("redirects-unknown", "redirects", number, found=name, known=", ".join(REDIRECTS), near=near)
    return tuple(name for name in REDIRECTS if name in names)


def _kinds(reader: KeyReader, key: str, *words: str) -> tuple[str, ...]:
    """The names of kinds of files in a list, in the order in which they are known. `words` have a meaning, too."""
    names, known = reader.strings(key), (*words, *ALWAYS, *CHOSEN)
    for number, name in enumerate(names):
        if name not in known:
            near = reader.document.near.nearest(name, known, 0.6)
            at = (key, number) if isinstance(reader.value[key], list) else (key,)
            reader.report("format-unknown", *at, key=key, found=name, known=", ".join(known), near=near)
    return tuple(name for name in known if name in names)


def _publisher(reader: KeyReader | None) -> Publisher:
    if reader is None:
        return Publisher(Text())
    reader.known(_PUBLISHER_KEYS)
    path = read_link(reader, "path")
    return Publisher(reader.text("title", required=True), path, read_organisation(reader, path))


def _contact(reader: KeyReader | None) -> Contact | None:
    if reader is None:
        return None
    reader.known(_CONTACT_KEYS)
    email = reader.string("email")
    if email and not is_email(email):
        reader.report("not-an-email", "email", key="email", found=email)
    return Contact(reader.text("title"), read_link(reader, "path"), email)


def _headline(reader: KeyReader) -> tuple[str, str]:
    reader.known(_HEADLINE_KEYS)
    return reader.string("dataset", required=True), reader.string("figure", required=True)


def _theme(reader: KeyReader) -> Theme:
    reader.known(_THEME_KEYS)
    return Theme(reader.name(), reader.text("title", required=True), reader.text("description"))
