"""Imports go down the floors of the design, and never up or in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "datagazette"

# The lowest floor first. A module imports from lower floors, and from those before it on its own.
FLOORS = (
    ("files", "messages", "isolation", "model"),
    ("tables",),
    ("load", "validation", "reports"),
    ("describe", "diff", "compute"),
    ("charts", "downloads", "pages", "search", "intake"),
    ("publish",),
    ("build",),
    ("commands",),
    ("cli",),
)
PLACES = {name: (floor, place) for floor, names in enumerate(FLOORS) for place, name in enumerate(names)}
# Libraries that one module alone may import, so that they can be exchanged.
ONLY = {"duckdb": "tables", "_duckdb": "tables", "mkdocs": "publish", "vl_convert": "charts", "xlsxwriter": "downloads"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts != ("__init__",):
            yield parts[0], path


def dotted(path: Path) -> str:
    return "datagazette." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every imported module with its line: inside functions and under TYPE_CHECKING, too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


def test_every_module_has_a_floor() -> None:
    assert {name for name, _ in modules()} <= set(PLACES)


@pytest.mark.parametrize(("name", "path"), tuple(modules()), ids=lambda value: str(value).rpartition("datagazette/")[2])
def test_imports_go_down(name: str, path: Path) -> None:
    upwards = [
        f"line {line}: {imported}"
        for imported, line in imports(path)
        if imported.startswith("datagazette.")
        and (below := imported.split(".")[1]) != name
        and below in PLACES
        and PLACES[below] >= PLACES[name]
    ]
    assert not upwards, f"{name} stands on floor {PLACES[name][0]}"


@pytest.mark.parametrize(("library", "owner"), tuple(ONLY.items()))
def test_a_library_has_one_importer(library: str, owner: str) -> None:
    users = {name for name, path in modules() for one, _ in imports(path) if one.split(".")[0] == library}
    assert users <= {owner}


def test_packages_have_no_circles() -> None:
    files = {dotted(path): path for _, path in modules()}
    graph = {
        name: {one if one in files else one.rpartition(".")[0] for one, _ in imports(path)} & set(files)
        for name, path in files.items()
    }
    waiting, done = set(graph), set()
    while ready := {name for name in waiting if not (graph[name] & waiting - {name})}:
        done |= ready
        waiting -= ready
    assert not waiting
