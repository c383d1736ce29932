"""Files that a publication lays over the program's own: those that replace nothing, and that nothing uses.

A misspelt name replaces nothing, and the site looks as if the file was not there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from jinja2 import Environment, TemplateSyntaxError

from datagazette.files import is_leftover, overlaid
from datagazette.load.files import fault
from datagazette.model.names import NearMisses
from datagazette.model.problems import Problem, problem, warning

PARTS = ("assets", "overrides", "pages", "strings", "templates")
_SITE = "site"
_BUNDLED = (".css", ".js")


def layer_problems(root: Path, folders: Mapping[str, Sequence[Path]], named: Collection[str], languages: Sequence[str]
                   ) -> Iterator[Problem]:  # fmt: skip
    """Warnings of what the publication at `root` has in `site/` for nothing; an error for what must not be read.

    `folders` are those of `assets`, `overrides` and `templates`: the publication's own, then the program's. `named` are
    files of `site/` that the catalogue or a page names, such as `overrides/wide.html`.
    """
    misses = NearMisses()
    known = {part: overlaid(layers[1:]) for part, layers in folders.items()}
    places = [f"{part}/{name}" for part, names in known.items() for name in names]
    yield from _beside(root / _SITE, places, named, misses)
    yield from _strings(root / _SITE / "strings", languages, misses)
    for part, layers in folders.items():
        own = overlaid(layers[:1])
        for name, path in own.items():
            file = f"{_SITE}/{part}/{name}"
            if code := fault(path, root):
                yield problem(code, file, path=name)
                continue
            if part != "assets":
                yield from _syntax(path, file)
            if name not in known[part] and f"{part}/{name}" not in named:
                others = [other for other in own.values() if other != path and not fault(other, root)]
                if not _is_used(part, name, known[part], others):
                    yield _unused(file, _near(name, known[part], misses))


def _syntax(path: Path, file: str) -> Iterator[Problem]:
    """What keeps a template from being read."""
    try:
        Environment(autoescape=True).parse(path.read_text("utf-8"))
    except TemplateSyntaxError as error:
        yield problem("template-syntax", file, error.lineno, reason=error.message)
    except UnicodeDecodeError as error:
        yield problem("page-encoding", file, error.object[: error.start].count(b"\n") + 1)


def _beside(site: Path, places: Sequence[str], named: Collection[str], misses: NearMisses) -> Iterator[Problem]:
    """What is directly in `site/`: folders have fixed names; a file there is looked at only where its name is known."""
    for path in sorted(site.iterdir()) if site.is_dir() else ():
        file = f"{_SITE}/{path.name}"
        if is_leftover(path.name) or path.name in PARTS or any(name.startswith(path.name) for name in named):
            continue
        if path.is_dir():
            yield _unused(file, misses.nearest(path.name, PARTS, 0.6), rule="folder")
        elif near := _near(path.name, places, misses, 0.9):
            yield _unused(file, near)


def _strings(folder: Path, languages: Sequence[str], misses: NearMisses) -> Iterator[Problem]:
    names = [f"{language}.yaml" for language in languages]
    for name in overlaid([folder]):
        if name not in names:
            yield _unused(f"{_SITE}/strings/{name}", misses.nearest(name, names), rule="language")


def _is_used(part: str, name: str, known: Collection[str], others: Iterable[Path]) -> bool:
    """Whether a file is published as it is, begins a bundle, or is named in one of the other files."""
    path = PurePosixPath(name)
    if part == "assets" and path.suffix not in _BUNDLED:
        return not NearMisses().nearest(name, [asset for asset in known if asset.endswith(_BUNDLED)], 0.85)
    if part == "assets" and len(path.parts) == 1 and path.suffix == ".js":  # a page may name it
        return not NearMisses().nearest(name, [script for script in known if "/" not in script], 0.8)
    folder = path.parent.as_posix()
    if (
        part == "assets"
        and len(path.parts) == 2
        and path.name in ("main.js", "classic.js", "worker.js", f"{folder}.css")
    ):
        return True
    return any(path.name in other.read_text("utf-8", "replace") for other in others)


def _near(name: str, known: Collection[str], misses: NearMisses, likeness: float = 0.75) -> str:
    """The file that was probably meant: one of the same name in another folder, or one that is called nearly so."""
    last = PurePosixPath(name).name
    return next((other for other in known if PurePosixPath(other).name == last), "") or misses.nearest(
        name, known, likeness
    )


def _unused(file: str, near: str, rule: str = "") -> Problem:
    return warning("site-file-unused", file, path=file, near=near, rule=rule)
