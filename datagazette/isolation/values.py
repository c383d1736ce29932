"""Values between processes and in files, read without running code: frozen values of this program and plain ones.

A worker is not trusted: whatever it sends is read here, as entries of the cache are.
"""

from __future__ import annotations

import io
import pickle
from dataclasses import is_dataclass
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

_PACKAGE = __name__.partition(".")[0] + "."
# The classes beside our own frozen values of which a value may be built.
_PLAIN = frozenset({
    ("datetime", "date"), ("datetime", "time"), ("datetime", "datetime"), ("datetime", "timedelta"),
    ("datetime", "timezone"), ("decimal", "Decimal"), ("pathlib", "PosixPath"), ("pathlib", "WindowsPath"),
    ("pathlib._local", "PosixPath"), ("pathlib._local", "WindowsPath"),
    ("uuid", "UUID"), ("builtins", "bytearray"), ("builtins", "set"), ("builtins", "frozenset"),
    ("collections", "Counter"), ("collections", "OrderedDict"), ("markupsafe", "Markup"),
})  # fmt: skip


def dump(value: Any) -> bytes:
    return pickle.dumps(value, protocol=5)


def load(content: bytes) -> Any:
    """Raises `pickle.UnpicklingError` for a value of any other class."""
    return _Values(io.BytesIO(content)).load()


@lru_cache(maxsize=1000)
def _class(module: str, name: str) -> Any:
    if (module, name) in _PLAIN:
        return getattr(import_module(module), name)
    found = getattr(import_module(module), name, None) if module.startswith(_PACKAGE) else None
    if not (isinstance(found, type) and is_dataclass(found)):
        raise pickle.UnpicklingError(f"{module}.{name}")
    return found


class _Values(pickle.Unpickler):
    find_class = staticmethod(_class)


def dump_error(error: Exception) -> bytes:
    """An exception as its class and arguments; see `load_error`."""
    if isinstance(error, OSError):
        return dump(("builtins", "OSError", (error.errno, error.strerror, error.filename), {}))
    made: Any = error.__reduce__()
    kind, arguments = made[:2]
    named = {}
    if isinstance(kind, partial):
        kind, named = made[0].func, made[0].keywords
    return dump((kind.__module__, kind.__qualname__, arguments, named))


def load_error(content: bytes) -> Exception | None:
    """The exception, if it is the system's or one of this program; None for any other."""
    module, name, arguments, named = load(content)
    if (module, name) == ("builtins", "OSError"):
        return OSError(*arguments)
    kind = getattr(import_module(module), name, None) if str(module).startswith(_PACKAGE) else None
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        return None
    return kind(*arguments, **named)
