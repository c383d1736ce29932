"""The import contract of pyproject.toml as ARCHITECTURE.md prints it: `python -m tests.contract` renews it there."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
START, END = "<!-- import contract -->", "<!-- end -->"


def main() -> None:
    text = ARCHITECTURE.read_text("utf-8")
    ARCHITECTURE.write_text(
        text.replace(f"{START}{printed(text)}{END}", f"{START}{contract()}{END}"), "utf-8", newline=""
    )


def printed(text: str) -> str:
    """What is between the markers of a document."""
    return text.partition(START)[2].partition(END)[0]


def contract() -> str:
    """The rooms from the highest to the lowest, each with what it is for, and the libraries that one room imports."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (found for found in contracts if found["type"] == "layers")
    (libraries,) = (found for found in contracts if found["type"] == "forbidden")
    owners = {}
    for allowed in libraries["ignore_imports"]:
        importer, _, library = allowed.partition(" -> ")
        owners[library] = importer.split(".")[1]
    rooms = [f"| `{name}` | {purpose(name)} |" for name in layers["layers"]]
    imported = [
        f"`{library}` only in `{owners[library]}`" if library in owners else f"`{library}` nowhere"
        for library in libraries["forbidden_modules"]
    ]
    return "\n".join(
        ("", "", "| room | what it is for |", "| --- | --- |", *rooms, "", f"{', '.join(imported)}.", "", "")
    )


def purpose(room: str) -> str:
    """The first line of a room's docstring."""
    folder = ROOT / "datagazette" / room
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").splitlines()[0]


if __name__ == "__main__":
    main()
