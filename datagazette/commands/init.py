"""`init`: the folder of a new publication. Nothing that is there is changed; what is missing is written.

So a folder that a code host made with a README can be used, a call that was interrupted can be repeated, and a
publication that was begun without `init` gets the workflows. One that has a catalogue gets no example and no pages.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from datagazette.commands.line_ends import keep_line_ends
from datagazette.commands.starter import (
    ACTIONS,
    PROGRAM,
    Licence,
    Wanted,
    catalog_text,
    example_files,
    helper_files,
    is_translated,
    licences,
)
from datagazette.describe.neutral_pages import neutral_language, neutral_page
from datagazette.home import HOME, IS_CHECKOUT
from datagazette.intake.naming import slug
from datagazette.load.authored_pages import PAGES
from datagazette.load.catalog import read_catalog
from datagazette.load.descriptors import Document
from datagazette.load.files import CATALOG, DATASETS, SCHEMAS, read_limited
from datagazette.load.logos import LogoFault, logo_size
from datagazette.load.yaml_file import parse_yaml, read_yaml
from datagazette.model.colours import read_colour
from datagazette.model.errors import DataFaults, UsageError
from datagazette.model.limits import LOGO_BYTES
from datagazette.model.names import is_base_address, is_email, is_language, is_name, is_site_address, nearest
from datagazette.model.problems import Problem, has_errors, problem
from datagazette.model.publication import NEUTRAL_PAGES, Catalog

_COMPLETED = ("accessibility",)  # pages that only their publisher can complete
# The two forms of pip: a wheel and the hash of its bytes, a commit of a git repository.
_WHEEL = re.compile(r"(?:https|file)://[^\s#]+\.whl#sha256=[0-9a-f]{64}")
_COMMIT = re.compile(r"git\+(?:https|file)://[^\s#@]+@[0-9a-f]{40}")


@dataclass(frozen=True)
class Begun:
    """What was written and what was there already and was kept, relative to the folder.

    `untranslated` are languages in which pages or example were written in English; `older` are files for the workflows
    that are not those of this version of the program; `unignored` is what git does not leave out yet of what is built.
    """

    written: tuple[str, ...]
    kept: tuple[str, ...]
    untranslated: tuple[str, ...]
    older: tuple[str, ...]
    unignored: tuple[str, ...]


def has_catalog(folder: Path) -> bool:
    return os.path.lexists(folder / CATALOG)


def begin(folder: Path, wanted: Wanted, logo: Path | None = None, *, with_pages: bool = False) -> Begun:
    """Writes what the folder lacks of a publication, `with_pages` also the pages that the program else makes from the
    catalogue. The catalogue comes last: until it is there, a further call goes on with the rest.

    Raises DataFaults where the catalogue has faults.
    """
    is_new = not has_catalog(folder)
    if not is_new:
        return _complete(folder, wanted, with_pages)
    has_data = (folder / DATASETS).is_dir() and any((folder / DATASETS).iterdir())
    wanted = replace(
        wanted, logo=f"site/logo{logo.suffix.lower()}" if logo else "", example=wanted.example and not has_data
    )
    text = catalog_text(wanted)
    catalog = _catalog(*parse_yaml(text, CATALOG))
    files = dict(helper_files(wanted)) | _pages(catalog, (*_COMPLETED, *(NEUTRAL_PAGES if with_pages else ())))
    files |= {wanted.logo: logo.read_bytes()} if logo else {}
    files |= dict(example_files(wanted.languages)) if wanted.example else {}
    files |= {CATALOG: text.encode()}
    folder.mkdir(parents=True, exist_ok=True)
    untranslated = (
        language for language in wanted.languages
        if not (is_translated(language) and neutral_language("accessibility", language) == language)
    )  # fmt: skip
    return _written(folder, files, tuple(untranslated))


def _complete(folder: Path, wanted: Wanted, with_pages: bool) -> Begun:
    """Writes what a publication lacks of its files beside data and pages, with what its catalogue says."""
    catalog = _catalog(*read_yaml(folder / CATALOG, CATALOG))
    wanted = replace(
        wanted, name=catalog.name, languages=catalog.languages, base_url=catalog.base_url, example=False,
        titles={language: catalog.title.get(language) for language in catalog.languages},
        publishers={language: catalog.publisher.title.get(language) for language in catalog.languages},
    )  # fmt: skip
    files = dict(helper_files(wanted)) | (_pages(catalog, NEUTRAL_PAGES) if with_pages else {})
    return _written(folder, files, ())


def _written(folder: Path, files: Mapping[str, bytes], untranslated: tuple[str, ...]) -> Begun:
    written = tuple(path for path, content in files.items() if _write(folder / path, content))
    (folder / SCHEMAS).mkdir(exist_ok=True)
    if keep_line_ends(folder):
        written = (*written, ".gitattributes")
    kept = tuple(path for path in files if path not in written)
    older = (path for path in kept if path in ACTIONS and (folder / path).read_bytes() != files[path])
    ignored = (folder / ".gitignore").read_text("utf-8", "replace").splitlines()
    names = {line.strip().strip("/") for line in ignored}
    unignored = (f"/{name}/" for name in ("build", "public") if name not in names)
    return Begun(written, kept, untranslated, tuple(older), tuple(unignored))


def _pages(catalog: Catalog, names: Sequence[str]) -> dict[str, bytes]:
    """Pages of the publication's own. They link to each other, and to no list that is there for some data only."""
    there = [f"{name}/" for name in NEUTRAL_PAGES]
    return {
        f"{PAGES}/{language}/{name}/index.md": neutral_page(name, language, catalog, there).encode()
        for language in catalog.languages
        for name in names
    }


def _write(path: Path, content: bytes) -> bool:
    """Writes a file that is not there; False where there is one."""
    if os.path.lexists(path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
    if path.suffix == ".sh":
        path.chmod(0o755)
    return True


def _catalog(document: Document | None, problems: tuple[Problem, ...]) -> Catalog:
    catalog = None
    if document:
        catalog, faults = read_catalog(document)
        problems = (*problems, *faults)
    if catalog is None or has_errors(problems):
        raise DataFaults(problems)
    return catalog


def name_of(folder: Path) -> str:
    """The name of a publication in this folder, for machines."""
    found = slug(folder.resolve().name)
    return found if is_name(found) else "open-data"


def title_of(folder: Path) -> str:
    """The title of a publication in this folder, until it gets another one."""
    name = re.sub(r"[-_]+", " ", folder.resolve().name).strip()
    return name[:1].upper() + name[1:] or "Open data"


def example_address(folder: Path) -> str:
    """An address for examples (RFC 2606), where none was given."""
    return f"https://{name_of(folder)}.example.org/"


def refuse_folder(folder: Path) -> None:
    """Raises UsageError where no publication can be begun: a file, or the folder of the program itself."""
    if folder.exists() and not folder.is_dir():
        raise UsageError("init-file", path=folder)
    if IS_CHECKOUT and folder.resolve() == HOME:
        raise UsageError("init-program", path=folder)


def known_languages(given: str) -> tuple[str, ...]:
    """The codes in a list such as `zh, en`. Raises UsageError for what is none: the code of a country, above all."""
    codes = tuple(dict.fromkeys(code for code in re.split(r"[,;\s]+", given) if code))
    for code in codes or ("",):
        if not is_language(code):
            raise UsageError("init-language", found=code, meant="en")
        try:
            Locale.parse(code, sep="-")
        except (UnknownLocaleError, ValueError):
            spoken = get_official_languages(code.upper(), de_facto=True)
            if spoken:
                raise UsageError("init-country", found=code, meant=", ".join(spoken)) from None
    return codes


def spoken(code: str, otherwise: str) -> str:
    """The language `code` if the interface of sites has texts in it."""
    return code if (HOME / "site/strings" / f"{code}.yaml").is_file() else otherwise


def language_name(code: str, language: str) -> str:
    """What a language is called in another one; its code where CLDR has no name for it."""
    try:
        return Locale.parse(code, sep="-").get_display_name(language) or code
    except (UnknownLocaleError, ValueError):
        return code


def known_licence(given: str) -> Licence:
    """A usual licence, or another one of the SPDX list, in any case of letters. Raises UsageError for others."""
    usual = licences()
    by_letters = {name.lower(): licence for name, licence in usual.items()}
    if licence := by_letters.get(given.strip().lower()):
        return licence
    try:
        name = str(canonicalize_license_expression(given.strip()))
    except InvalidLicenseExpression:
        name = ""
    if not name or " " in name or name.startswith("LicenseRef-"):
        known = ", ".join(usual)
        if meant := nearest(given, usual, 0.6):
            raise UsageError("init-licence-near", found=given, meant=meant, known=known)
        raise UsageError("init-licence", found=given, known=known)
    return Licence(name, f"https://spdx.org/licenses/{name}.html", {"": name})


def known_base_url(given: str) -> str:
    address = given.strip().rstrip("/") + "/"
    if not is_base_address(address):
        raise UsageError("init-address", found=given)
    return address


def known_contact(given: str) -> str:
    if given and not is_email(given) and not is_site_address(given):
        raise UsageError("init-contact", found=given)
    return given


def known_program(given: str) -> str:
    """The version of the program that workflows install, in one of pip's two forms; by default the one that runs."""
    pin = given.strip().removeprefix("datagazette @ ")
    if pin and not _WHEEL.fullmatch(pin) and not _COMMIT.fullmatch(pin):
        raise UsageError("init-pin", found=given, file=PROGRAM)
    if pin or IS_CHECKOUT:
        return pin
    with suppress(PackageNotFoundError):
        return pin_of(distribution("datagazette").read_text("direct_url.json") or "{}")
    return ""


def pin_of(installed_from: str) -> str:
    """The version that was installed from an address, as installers record it (PEP 610); empty where others could not
    install the same: without a hash, from a folder, or for another system than that of the workflows, Linux."""
    about = json.loads(installed_from)
    address, commit = str(about.get("url", "")), about.get("vcs_info", {}).get("commit_id", "")
    digest = about.get("archive_info", {}).get("hashes", {}).get("sha256", "")
    pin = f"git+{address}@{commit}" if commit else f"{address}#sha256={digest}"
    is_public = address.startswith("https://") and "@" not in address  # before it is the name or password of a person
    fits = _COMMIT.fullmatch(pin) or (_WHEEL.fullmatch(pin) and ("linux" in address or "-none-any." in address))
    return pin if fits and is_public else ""


def known_colour(given: str) -> str:
    found = read_colour(given) or read_colour(f"#{given}")
    if given and not found:
        raise UsageError("init-colour", found=given)
    return found


def known_logo(given: Path | None) -> Path | None:
    """Raises DataFaults for a file that cannot be the logo of a publication, as its check does."""
    if given is None:
        return None
    content, faults = read_limited(given, str(given), LOGO_BYTES)
    if not faults:
        try:
            logo_size(given, content)
        except LogoFault as fault:
            values = {"path": given.name, "line": fault.line or 1, **fault.values}
            faults = (problem(fault.code, str(given), fault.line, **values),)
    if faults:
        raise DataFaults(faults)
    return given
