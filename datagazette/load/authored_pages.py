"""Pages that a publication's authors wrote in Markdown: what their files and `mkdocs.yml` say, and their faults.

`authored_links` checks where their links lead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from datagazette.files import merge_marks
from datagazette.load.descriptors import MARK, TYPE_NAMES, Document, KeyReader, refuse_controls
from datagazette.load.files import Folder, fault, read_limited
from datagazette.load.git_traces import listed, trace_problem
from datagazette.load.yaml_file import COMPUTED, parse_yaml, read_yaml
from datagazette.model.limits import DESCRIPTOR_BYTES
from datagazette.model.pages import AuthoredPage
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.text import control_character

PAGES = "site/pages"
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif")
_FENCE, _ENDS = "---", ("---", "...")
_TEXTS = ("title", "description", "head_title", "canonical", "image", "template")
_FLAGS = ("noindex", "wide", "heading", "searched")
_LISTS = ("hide", "styles", "scripts")
# What the program fills in itself: another value would be wrong for readers and search engines.
_TAKEN = ("path", "languages", "breadcrumbs", "jsonld", "kind", "embed", "feeds", "signposts", "search")
MKDOCS_FILE = "mkdocs.yml"
_EXTENSIONS = "markdown_extensions"


@dataclass(frozen=True)
class AuthoredFile:
    """A page with its file, relative to the publication; `above` is the number of lines before its body.

    `is_own` is false for neutral pages of this program, which are used where a publication has none.
    """

    page: AuthoredPage
    file: str
    above: int = 0
    is_own: bool = True

    def by_program(self, front: Mapping[str, Any]) -> AuthoredFile:
        """The same as a page of this program, with more of what front matter says."""
        return replace(self, page=replace(self.page, front={**self.page.front, **front}), is_own=False)


def read_authored_pages(folder: Path, languages: Sequence[str]) -> tuple[tuple[AuthoredFile, ...], tuple[Problem, ...]]:
    """The publication's own pages below `<folder>/<language>/`, in the order of their names, and their faults.

    A page that cannot be read is there all the same, and empty.
    """
    found: list[AuthoredFile] = []
    problems: list[Problem] = list(_strays(folder, languages))
    for language in languages:
        for name in Folder(folder, language).contents if (folder / language).is_dir() else ():
            file = f"{PAGES}/{language}/{name}"
            if not name.endswith(".md"):
                rule = "picture" if PurePosixPath(name).suffix.lower() in _PICTURES else ""
                problems.append(warning("page-file-unused", file, path=name, rule=rule))
                continue
            if PurePosixPath(name).stem == "README":
                problems.append(problem("page-address-taken", file, path=name, rule="readme"))
                continue
            page, faults = _read(folder, language, name, file)
            found.append(page)
            problems += faults
    return tuple(found), (*problems, *_untranslated(found, languages))


def _strays(folder: Path, languages: Sequence[str]) -> Iterator[Problem]:
    """What lies beside the folders of languages."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        if not path.is_dir():
            yield warning("page-file-unused", f"{PAGES}/{path.name}", path=path.name, rule="loose")
        elif path.name not in languages:
            listed = ", ".join(languages)
            yield warning("page-file-unused", f"{PAGES}/{path.name}", path=path.name, languages=listed, rule="language")


def _read(folder: Path, language: str, name: str, file: str) -> tuple[AuthoredFile, list[Problem]]:
    nothing = AuthoredFile(AuthoredPage(language, name, ""), file)
    path = folder / language / name
    code = fault(path, folder.parent.parent)
    if code:
        return nothing, [problem(code, file, path=name)]
    content, faults = read_limited(path, file, DESCRIPTOR_BYTES)
    if faults:
        return nothing, list(faults)
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        return nothing, [problem("page-encoding", file, content[: error.start].count(b"\n") + 1)]
    page, problems = parse_page(language, name, text, file)
    body = page.page.body
    if lines := merge_marks(content):  # a page may speak of such marks, so that they only are a warning
        problems.append(replace(trace_problem("merge-unresolved", file, lines), severity="warning"))
    unwritten = [number for number, line in enumerate(body.split("\n"), page.above + 1) if line.startswith(MARK)]
    if unwritten:
        problems.append(warning("page-unwritten", file, unwritten[0], lines=listed(unwritten)))
    found = control_character(body)
    if found:
        line = page.above + 1 + next(number for number, text in enumerate(body.split("\n")) if control_character(text))
        problems.append(problem("yaml-control-character", file, line, found=found))
    return page, problems


def parse_page(language: str, name: str, text: str, file: str) -> tuple[AuthoredFile, list[Problem]]:
    """The page that a text is, and the faults of its front matter."""
    lines = text.split("\n")
    front, above, problems = _front(lines, file)
    return AuthoredFile(AuthoredPage(language, name, "\n".join(lines[above:]), front), file, above), problems


def _front(lines: Sequence[str], file: str) -> tuple[Mapping[str, Any], int, list[Problem]]:
    """What the front matter says, how many lines it takes with its fences, and its faults."""
    if lines[0].rstrip() != _FENCE:
        return {}, 0, []
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() in _ENDS), None)
    if end is None:
        return {}, 0, [problem("page-front-matter", file, 1, rule="open")]
    if not any(line.strip() for line in lines[1:end]):
        return {}, end + 1, []
    # With a line before it, each line has the number that it has in the page.
    document, faults = parse_yaml("\n" + "\n".join(lines[1:end]), file)
    if document is None:
        is_text = [fault.code for fault in faults] == ["yaml-no-mapping"]
        return {}, end + 1, [problem("page-front-matter", file, 1)] if is_text else list(faults)
    return document.value, end + 1, [*refuse_controls(document), *_front_faults(document)]


def _front_faults(document: Document) -> list[Problem]:
    """What the front matter says, compared with what the templates of pages make of it."""
    problems: list[Problem] = []
    reader = KeyReader(document, problems)
    reader.known((*_TEXTS, *_FLAGS, *_LISTS, *_TAKEN, "modified"))
    for key in _TEXTS:
        reader.string(key)
    for key in _LISTS:
        reader.strings(key)
    reader.date("modified")
    for key in _FLAGS:
        value = reader.value.get(key)
        if value is not None and not isinstance(value, bool):
            reader.report("wrong-type", key, key=key, expected=TYPE_NAMES[bool], found=str(value)[:60])
    for key in _TAKEN:
        if key in reader.value:
            reader.report("page-key-taken", key, key=key)
    return problems


def _untranslated(files: Sequence[AuthoredFile], languages: Sequence[str]) -> Iterator[Problem]:
    """A warning for each language that a page is not there in."""
    written = {(file.page.language, file.page.path): file.file for file in files}
    for (language, path), file in written.items():
        for other in languages:
            if (other, path) not in written:
                yield warning("page-untranslated", file, path=path, found=language, language=other)


@dataclass(frozen=True)
class MarkdownSettings:
    """Extensions of Python-Markdown with their options, and the line of each in `mkdocs.yml`.

    An option that is computed, by a tag of Python's, is left out.
    """

    options: Mapping[str, Mapping[str, Any]]
    lines: Mapping[str, int] = field(default_factory=dict)

    def under(self, over: MarkdownSettings) -> MarkdownSettings:
        """The same with the settings `over` laid over it, option by option."""
        names = dict.fromkeys((*self.options, *over.options))
        laid = {name: {**self.options.get(name, {}), **over.options.get(name, {})} for name in names}
        return MarkdownSettings(laid, {**self.lines, **over.lines})


def read_markdown_settings(path: Path, root: Path) -> tuple[MarkdownSettings | None, tuple[Problem, ...]]:
    """The settings in the file `path` of the publication or program at `root`, or why there are none."""
    code = fault(path, root)
    if code:
        return None, (problem(code, MKDOCS_FILE, path=MKDOCS_FILE),)
    document, problems = read_yaml(path, MKDOCS_FILE, tagged=True)
    if document is None:
        return None, problems
    value = document.value.get(_EXTENSIONS) or {}
    items = value if isinstance(value, list) else [value]
    found: dict[str, Mapping[str, Any]] = {name: {} for name in ("toc", "tables", "fenced_code")}  # by MkDocs itself
    lines: dict[str, int] = {}
    for number, entry in enumerate(items):
        place = (_EXTENSIONS, number) if isinstance(value, list) else (_EXTENSIONS,)
        item = {entry: None} if isinstance(entry, str) else entry
        if not isinstance(item, dict) or any(not isinstance(said or {}, dict) for said in item.values()):
            return None, (problem("wrong-type", MKDOCS_FILE, document.line(place), key=_EXTENSIONS,
                                  expected=TYPE_NAMES[list], found=str(item)[:60]),)  # fmt: skip
        for name, options in item.items():
            found[name] = {key: said for key, said in (options or {}).items() if not _is_computed(said)}
            lines[name] = document.line((*place, name)) or 1
    return MarkdownSettings(found, lines), ()


def _is_computed(value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is COMPUTED or any(map(_is_computed, parts))
