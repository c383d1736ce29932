"""What `make lint` leaves open of the import contract: how ARCHITECTURE.md prints it, circles through `__init__`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from tests.contract import ARCHITECTURE, ROOT, contract, printed


def imports(path: Path) -> Iterator[str]:
    """Every imported module or name: also those inside functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_architecture_prints_the_import_contract() -> None:
    assert printed(ARCHITECTURE.read_text("utf-8")) == contract(), "python -m tests.contract renews it"


def test_no_module_imports_the_package_that_imports_it() -> None:
    """The linter compares modules beside each other, not a package's `__init__` with what is inside the package."""
    files = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (ROOT / "datagazette").rglob("*.py")
    }
    TopologicalSorter({
        module: {name if name in files else name.rpartition(".")[0] for name in imports(path)} & files.keys() - {module}
        for module, path in files.items()
    }).prepare()  # fmt: skip


def test_functions_fit_on_a_screen() -> None:
    """A few may be longer than 40 lines; what they have in common is that they tell one story."""
    longer = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in (ROOT / "datagazette").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= 40
    ]
    assert len(longer) <= 4, longer
