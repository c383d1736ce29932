"""Check, package and publish the open data of this repository: `python build.py --help`.

The same program as `datagazette`, where that is installed.
"""

# Until the program has taken the current folder out of the places where code is looked for, nothing is imported.
# ruff: noqa: PTH118, PTH120, PTH123
import os

_START = os.path.join(os.path.dirname(os.path.realpath(__file__)), "datagazette", "__main__.py")

with open(_START, encoding="utf-8") as file:
    exec(compile(file.read(), _START, "exec"), {"__name__": __name__, "__file__": _START})  # noqa: S102 - our own file
