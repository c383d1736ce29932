"""What `catalog.yaml` says of the look of the site: `brand`, `footer` and `counter`."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path, PurePosixPath

from datagazette.load.descriptors import KeyReader
from datagazette.load.files import Folder, locate, read_limited
from datagazette.load.logos import LogoFault, logo_size
from datagazette.model.colours import read_colour
from datagazette.model.limits import LOGO_BYTES
from datagazette.model.look import Brand, Counter, FooterLink, Logo
from datagazette.model.names import address_parts, nearest
from datagazette.model.problems import problem
from datagazette.model.text import read_text

SITE, ASSETS = "site", "site/assets"
_BRAND_KEYS = ("colour", "colourDark", "logo", "logoDark")
_FOOTER_KEYS = ("title", "path")
_COUNTER_KEYS = ("script", "title", "path")
_WITHOUT_HASH = re.compile(r"[0-9a-fA-F]{6}")
_SCRIPT = re.compile(r"(?:site/)?assets/([\w.-]+\.m?js)")


def read_brand(reader: KeyReader, root: Path | None) -> Brand:
    """The mapping at `brand`. Without the `root` of the publication no file is looked at, and there is no logo."""
    found = reader.child("brand")
    if found is None:
        return Brand()
    found.known(_BRAND_KEYS)
    brand = Brand(colour=_colour(found, "colour"), colour_dark=_colour(found, "colourDark"))
    if root:
        brand = replace(brand, logo=_logo(found, "logo", root), logo_dark=_logo(found, "logoDark", root))
    if brand.colour_dark and not brand.colour:
        found.report("missing-key", "colourDark", key="colour")
    if brand.logo_dark and not brand.logo and not found.string("logo"):
        found.report("missing-key", "logoDark", key="logo")
    return brand


def _colour(reader: KeyReader, key: str) -> str:
    if key not in reader.value:
        return ""
    # `colour: #5b2a86` without quotes has no value for YAML: its `#` begins a comment.
    if reader.value[key] is None:
        reader.report("brand-colour", key, key=key, rule="comment")
        return ""
    written = reader.string(key)
    found = read_colour(f"#{written}" if _WITHOUT_HASH.fullmatch(written) else written)
    if not found:
        reader.report("brand-colour", key, key=key, found=written)
    return found


def _logo(reader: KeyReader, key: str, root: Path) -> Logo | None:
    written = reader.string(key)
    if not written:
        return None
    path, code = locate(Folder(root, ""), written)
    if path and not written.startswith(f"{SITE}/"):
        reader.report("logo-format", key, path=written, name=path.name, rule="place")
        return None
    if path is None:
        reader.report(code, key, path=written, near=_near(root, written) if code == "file-missing" else "")
        return None
    content, faults = read_limited(path, written, LOGO_BYTES)
    for fault in faults:
        is_large = fault.code == "file-too-large"
        found = problem("logo-size", "", rule="bytes", **dict(fault.values)) if is_large else fault
        reader.problems.append(replace(found, file=reader.document.file, line=reader.line(key)))
    if faults:
        return None
    try:
        width, height = logo_size(path, content)
    except LogoFault as fault:
        values = {"path": written, "line": fault.line or 1, **fault.values}
        reader.problems.append(problem(fault.code, reader.document.file, reader.line(key), **values))
        return None
    return Logo(written, sha256(content).hexdigest(), width, height)


def _near(root: Path, written: str) -> str:
    """The picture that was probably meant: in the folder that is named, or in one of the usual ones."""
    folders = dict.fromkeys((PurePosixPath(written).parent.as_posix(), "site", ASSETS, "."))
    known = [
        (PurePosixPath(folder) / path.name).as_posix()
        for folder in folders
        if ".." not in PurePosixPath(folder).parts and (root / folder).is_dir()
        for path in sorted((root / folder).iterdir())
        if path.suffix.lower() in (".svg", ".png")
    ]
    name = PurePosixPath(written).name
    return nearest(written, known) or next((path for path in known if PurePosixPath(path).name == name), "")


def read_footer(reader: KeyReader) -> tuple[FooterLink, ...]:
    """The list at `footer`; whether the site has the pages is looked at once these are known."""
    found = []
    for link in reader.items("footer"):
        link.known(_FOOTER_KEYS)
        path = link.string("path", required=True)
        title, place = link.text("title", required=True), own_path(path)
        parts = address_parts(path)
        if parts and parts.scheme == "https" and parts.hostname:
            found.append(FooterLink(title, path, link.line("path")))
        elif place:
            found.append(FooterLink(title, place, link.line("path")))
        elif path:
            link.report("footer-link", "path", found=path)
    return tuple(found)


def own_path(written: str) -> str:
    """The address below the folder of a language that is meant: `privacy/` by `/privacy`, `privacy.md` or
    `privacy/index.md`, with its fragment. Empty where it is none."""
    path, mark, fragment = written.strip().partition("#")
    parts = PurePosixPath(path).parts
    if ":" in path or "?" in path or "\\" in path or ".." in parts or path.startswith("//"):
        return ""
    place = path.strip("/").removesuffix(".md").removesuffix("/index")
    return f"{place}/{mark}{fragment}" if place else ""


def read_counter(reader: KeyReader, root: Path | None) -> Counter | None:
    """The mapping at `counter`: its script is a file of the publication, in site/assets."""
    found = reader.child("counter")
    if found is None:
        return None
    found.known(_COUNTER_KEYS)
    written = found.string("script", required=True)
    named = _SCRIPT.fullmatch(written)
    path = found.string("path")
    if path and not own_path(path):
        found.report("footer-link", "path", found=path)
    if not written:
        return None
    if named is None:
        is_elsewhere = bool((parts := address_parts(written)) and parts.hostname)
        found.report("counter-script", "script", found=written, rule="elsewhere" if is_elsewhere else "")
        return None
    if root:
        file, code = locate(Folder(root, ASSETS), named[1]) if (root / ASSETS).is_dir() else (None, "file-missing")
        if file is None:
            found.report(code, "script", path=f"{ASSETS}/{named[1]}", near="")
            return None
    # Its title is a name, which needs no translation.
    title = read_text(found.value, "title", found.languages)
    return Counter(named[1], title, own_path(path), found.line("script"))
