"""Starts the program: the command `datagazette`, `python -m datagazette`, and `build.py` of a checkout.

Processes that the program starts run this file first, too, under another name: after it, `datagazette` can be imported.
"""

# Until the first call below, pathlib could be a file in the current folder.
# ruff: noqa: PTH112, PTH117, PTH118, PTH120
import os
import sys

_PACKAGE = os.path.dirname(os.path.realpath(__file__))


def _find_no_code_in_data() -> None:
    """Takes the current folder and that of a checkout out of the places where code is looked for, here and in every
    process that is started from here. They hold publications, and a file there is data, whatever it is called.

    An empty entry in a search path is the current folder, and a relative one lies below it.
    """
    barred = {_place("")}
    if not os.path.isdir(os.path.join(_PACKAGE, "program")):  # which an installed package has
        barred.add(os.path.dirname(_PACKAGE))
    for variable in ("PATH", "PYTHONPATH"):
        entries = os.environ.get(variable, "").split(os.pathsep)
        barred |= {_place(one) for one in entries if not os.path.isabs(one)}
        os.environ[variable] = os.pathsep.join(one for one in entries if os.path.isabs(one))
        if not os.environ[variable]:
            del os.environ[variable]  # an empty PATH is the current folder, too
    sys.path[:] = [one for one in sys.path if _place(one) not in barred]
    os.environ["PYTHONSAFEPATH"] = "1"


def _place(entry: str) -> str:
    """The folder that an entry of a search path leads to; empty where the current folder has been removed."""
    try:
        return os.path.realpath(entry)
    except OSError:
        return ""


def _end_when_interrupted() -> None:
    """Until there is anything to clean up, Ctrl-C ends the process at once, and says nothing."""
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _load_the_program() -> None:
    """Loads the package `datagazette` from where this file is, where nothing else is looked for."""
    if "datagazette" in sys.modules:
        return
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("datagazette", os.path.join(_PACKAGE, "__init__.py"))
    assert spec
    assert spec.loader
    sys.modules["datagazette"] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules["datagazette"])


def run() -> int:
    """The command line; returns its exit status."""
    from datagazette.cli import main

    return main(sys.argv[1:])


_find_no_code_in_data()
_end_when_interrupted()
_load_the_program()

if __name__ == "__main__":
    sys.exit(run())
