"""Bundles the site's own style sheets and scripts with esbuild, which npm brings.

    site/assets/site.css          -> assets/site/<version>/site.css   (Material's style sheet inside)
    site/assets/<name>.js         -> assets/site/<version>/<name>.js  (ES modules; shared parts become chunks)
    site/assets/<name>/main.js    -> assets/site/<version>/<name>.js  with worker.js and <name>.css beside it
    site/assets/<name>/classic.js -> assets/site/<version>/<name>.js  (no module: one that runs from a disk, too)
    texts of the interface      -> assets/site/<version>/words.<language>.js and others for single pages
    site/assets/languages/<code>.css                            (the end of site.css, where that language is used)
    site/assets/<other files>     -> assets/site/<the same>   (and a script that counts visitors)

The folders of sources are laid over one another: of files with the same path, that of the first folder is taken. Of
`tokens.css` all are taken, the last folder's first, as a cascade: a publication that changes one colour writes that
one, and a whole copy works, too.

The version is made from the content and is part of the path: in a query it would be lost in a copy of the site, whose
files have no queries, and a cache could mix two versions. At `assets/site/<name>`, where everything lay before, and
where a page looks whose own version is gone, a short file leads to the newest one.

Of Material's style sheet only the rules are kept that our pages can use, about half of it. Pages are made by templates
of our own, which take Material's typography (`.md-typeset` and what Markdown makes: admonitions, code, footnotes) and
none of its components. A selector that asks for the class of a component, or for an attribute by which Material
switches its colours, can match nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import tinycss2

from datagazette.describe.writing import style_sheet
from datagazette.files import copy_overlaid, former_copies, overlaid
from datagazette.model.errors import EnvironmentFault, refuse_full_disk
from datagazette.native import ESBUILD, PLATFORM

_OPTIONS = (
    "--bundle",
    "--minify",
    "--target=es2022,chrome100,safari15.4,firefox100",
    "--charset=utf8",
    "--legal-comments=inline",
    "--log-level=warning",
    "--chunk-names=[name]-[hash]",
    "--preserve-symlinks",
    "--alias:material=./material.css",
    "--outdir=out",
    "--metafile=made.json",
)
_MODULES = ("--format=esm", "--splitting")
_CLASSIC, _CLASSIC_FORM = "classic.js", ("--format=iife",)
_LEADS = {".js": 'import "{}";\n', ".css": '@import "{}";\n'}
_BUNDLED = _LEADS.keys()
_TOKENS = "tokens.css"
_KEPT = "md-typeset"
_NESTED = frozenset({"media", "supports", "layer", "container"})


@dataclass(frozen=True)
class Bundle:
    """What was bundled: its version, and which other scripts each script imports before it runs (`imports`)."""

    version: str
    imports: dict[str, list[str]]


@dataclass(frozen=True)
class Look:
    """What a publication adds: `tokens` is CSS that follows our tokens.css, `icon` takes the place of favicon.svg; the
    script `counter` is published as it is, since it may ask which element loaded it, which a module cannot."""

    tokens: str = ""
    icon: str = ""
    counter: str = ""


_PLAIN = Look()


def bundle(
    sources: Sequence[Path], theme_css: Path, npm: Path, target: Path, languages: Sequence[str] = (),
    look: Look = _PLAIN, words: Mapping[str, str] = MappingProxyType({}),
) -> Bundle:  # fmt: skip
    """Bundles what the folders `sources` have into `target`; `npm` is the folder `node_modules`, `languages` those of
    the publication, `words` modules with the texts of the interface, by their names."""
    tool = npm.resolve() / ESBUILD
    if not tool.is_file():
        raise EnvironmentFault("no-esbuild", platform=PLATFORM)
    with TemporaryDirectory() as scratch:
        # The names of chunks have a hash of paths, seen from the current folder: here they are always the same.
        place = Path(scratch)
        (place / "out").mkdir()
        _lay(sources, place / "site", style_sheet(languages) + look.tokens, languages)
        (place / "node_modules").symlink_to(npm.resolve())
        (place / "material.css").write_text(_trimmed(theme_css.read_text("utf-8")), "utf-8")
        names: set[str] = set()
        imports: dict[str, list[str]] = {}
        for entries in _bundles(place / "site", look.counter):
            named = [f"{name}={path.relative_to(place)}" for name, path in entries]
            is_classic = any(path.name == _CLASSIC for _, path in entries)
            _run([str(tool), *named, *_OPTIONS, *(_CLASSIC_FORM if is_classic else _MODULES)], place)
            names |= {f"{name}{path.suffix}" for name, path in entries}
            imports |= _imports(json.loads((place / "made.json").read_text("utf-8")))
        for name, text in words.items():
            (place / "out" / name).write_text(text, "utf-8", newline="\n")
        names |= words.keys()
        version = _version(place / "out")
        shutil.copytree(place / "out", target / version, dirs_exist_ok=True)
    for name in sorted(names):
        (target / name).write_text(_LEADS[Path(name).suffix].format(f"./{version}/{name}"), "utf-8", newline="\n")
    for relative, path in overlaid(sources).items():
        if path.suffix not in _BUNDLED or relative == look.counter:
            (target / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / relative)
    if look.icon:
        (target / "favicon.svg").write_text(look.icon, "utf-8", newline="\n")
    return Bundle(version, {name: imports[name] for name in sorted(names & imports.keys())})


def _lay(sources: Sequence[Path], place: Path, tokens: str, languages: Sequence[str]) -> None:
    """Copies the sources into the folder `place`, with one `tokens.css` that imports all that there are: ours, then
    `tokens`, then the publication's, which have the last word. `site.css` ends with the rules that only these languages
    need, as `zh.css` has them.
    """
    copy_overlaid(sources, place)
    copies = former_copies(sources)
    paths = [path for folder in reversed(sources) if (path := folder / _TOKENS).is_file() and path not in copies]
    ours, *own = (path.read_text("utf-8-sig") for path in paths)
    for number, sheet in enumerate((ours + tokens, *own), 1):
        (place / f"tokens-{number}.css").write_text(sheet, "utf-8")
    lines = (f'@import "./tokens-{number}.css";\n' for number in range(1, len(paths) + 1))
    (place / _TOKENS).write_text("".join(lines), "utf-8")
    names = dict.fromkeys(each.partition("-")[0] for each in languages)
    rules = [path for name in names if (path := place / f"languages/{name}.css").is_file()]
    with (place / "site.css").open("a", encoding="utf-8") as file:
        file.write("".join(path.read_text("utf-8") for path in rules))


def _imports(made: dict[str, Any]) -> dict[str, list[str]]:
    """From esbuild's account of what it made: the scripts that each imports by a statement, all by their names."""
    found = {}
    for path, about in made["outputs"].items():
        files = [each["path"] for each in about["imports"] if each["kind"] == "import-statement"]
        found[Path(path).name] = [Path(file).name for file in files]
    return found


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:10]


def _bundles(sources: Path, counter: str) -> Iterator[list[tuple[str, Path]]]:
    """What is bundled together: the name of each result without its ending, and where it starts.

    What scripts of one bundle share becomes a chunk, which a browser asks for only once it has read the script:
    so a folder's script and its worker are bundles of their own.
    """
    scripts = [(path.stem, path) for path in sorted(sources.glob("*.js")) if path.name != counter]
    found = [[*scripts, ("site", sources / "site.css")]]
    for folder in sorted(path for path in sources.iterdir() if path.is_dir()):
        found += [[(folder.name, folder / "main.js"), (folder.name, folder / f"{folder.name}.css")]]
        found += [[(folder.name, folder / _CLASSIC)]]
        found += [[(f"{folder.name}-worker", folder / "worker.js")]]
    for entries in found:
        existing = [(name, path) for name, path in entries if path.is_file()]
        if existing:
            yield existing


def _run(command: list[str], folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "NODE_PATH"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)
    if done.returncode or done.stderr.strip():
        refuse_full_disk(done.stderr)
        # As the publication calls its files.
        said = re.sub(r"(?<![\w./-])site/(?:tokens-\d+(?=\.css))?", _named, done.stderr.strip())
        raise EnvironmentFault("esbuild", reason=said)


def _named(found: re.Match[str]) -> str:
    return "site/assets/tokens" if "tokens" in found[0] else "site/assets/"


def _trimmed(sheet: str) -> str:
    """The style sheet `sheet` with the rules alone that can match."""
    return _written(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True))


def _written(rules: list[Any]) -> str:
    text = ""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [selector for selector in _selectors(rule.prelude) if _can_match(selector)]
            if selectors:
                text += f"{','.join(map(tinycss2.serialize, selectors))}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.content is not None and rule.lower_at_keyword in _NESTED:
            inner = _written(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))
            if inner:
                text += f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"
        else:
            text += tinycss2.serialize([rule])
    return text


def _selectors(prelude: list[Any]) -> list[list[Any]]:
    """The selectors of a rule, which commas separate."""
    selectors: list[list[Any]] = [[]]
    for part in prelude:
        if part == ",":
            selectors.append([])
        else:
            selectors[-1].append(part)
    return selectors


def _can_match(selector: list[Any]) -> bool:
    """The content of `:not(...)` and the like is not examined."""
    for before, token in zip([None, *selector], selector, strict=False):
        if before == "." and token.type == "ident" and token.value.startswith("md-") and token.value != _KEPT:
            return False
        if token.type == "[] block" and tinycss2.serialize(token.content).startswith("data-md-"):
            return False
    return True
