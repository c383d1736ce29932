"""The door to DuckDB: no other module imports it.

`Engine` runs our own SQL, one statement a call, with access to the files that its limits name; `compute.queries` runs
untrusted SQL without it.

Imported is the compiled module alone. What the package `duckdb` puts around it in Python (relations, expressions,
Arrow, its version) is not used here, and takes longer to import than a hundred thousand rows to check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import _duckdb as duckdb

from datagazette.model.errors import refuse_full_disk
from datagazette.tables.sql import identifier, literal, literals

Error = duckdb.Error
Row = tuple[Any, ...]
_STARTING = Lock()


@dataclass(frozen=True)
class Limits:
    """What a connection may use. `memory` as DuckDB writes sizes ("2GB"); `threads` 0 is one a core.

    `reads` are the files and folders that the database may open, besides `spill`; the rest of the machine is closed to
    it, and its settings are locked. DuckDB does not distinguish reading from writing there. None closes nothing: for
    tables that no file from outside has a part in.

    Connections of this process with the same limits, and a name in `shared`, use one database, each with its own
    temporary tables: starting another takes longer than a small table to check.
    """

    memory: str = "2GB"
    threads: int = 0
    spill: Path | None = None
    spill_size: str = "20GB"
    shared: str = ""
    reads: tuple[Path, ...] | None = None


class OutOfMemory(duckdb.Error, MemoryError):
    """The database needs more memory than its limit. Its own message names settings that only a program can change."""


class NotOneStatement(ValueError):
    """SQL that holds no statement, or more than one."""


class Engine:
    """One in-memory database. Not shared between threads or processes.

    A call takes exactly one statement and raises NotOneStatement for anything else, before any of it is run. It raises
    OutOfMemory where it needs more than `memory`, a size as in Limits.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, memory: str) -> None:
        self._connection = connection
        self.memory = memory

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._execute(statement, parameters)

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query, as Python values."""
        with _within_limits():
            return self._execute(query, parameters).fetchall()

    def row(self, query: str, parameters: Sequence[Any] = ()) -> Row:
        """The first row of a query that always has one."""
        with _within_limits():
            found = self._execute(query, parameters).fetchone()
        if found is None:
            raise LookupError(f"no row: {query[:200]}")
        return found

    def batches(self, query: str, size: int = 10_000) -> Iterator[list[Row]]:
        """The rows of a query in lists of at most `size`, for results larger than memory."""
        cursor = self._execute(query)
        while True:
            with _within_limits():
                batch = cursor.fetchmany(size)
            if not batch:
                return
            yield batch

    def columns(self, query: str) -> tuple[tuple[str, str], ...]:
        """(name, DuckDB type) of each column that a query would return."""
        described = self._execute(f"DESCRIBE {query}").fetchall()
        return tuple((row[0], row[1]) for row in described)

    def shut(self, reads: Iterable[Path]) -> None:
        """Leaves the whole database only these files and folders, besides its own for what it spills, and locks its
        settings: nothing opens it again, and no extension can be loaded."""
        files: list[Path] = []
        folders: list[Path] = []
        for path in reads:
            (folders if path.is_dir() else files).append(path.absolute())
        paths = dict.fromkeys((*map(str, files), *map(_escaped, files)))
        self.run(f"SET allowed_paths = [{literals(paths)}]")
        self.run(f"SET allowed_directories = [{literals(map(str, folders))}]")
        self.run("SET enable_external_access = false")
        self.run("SET lock_configuration = true")

    def drop(self, *names: str) -> None:
        """Removes tables, so that their memory can serve others."""
        for name in names:
            self.run(f"DROP TABLE {identifier(name)}")

    def interrupt(self) -> None:
        self._connection.interrupt()

    def _execute(self, statement: str, parameters: Sequence[Any] = ()) -> duckdb.DuckDBPyConnection:
        with _within_limits():
            found = self._connection.extract_statements(statement)
            if len(found) != 1:
                raise NotOneStatement(f"{len(found)} statements: {statement[:200]}")
            return self._connection.execute(found[0], list(parameters))


@contextmanager
def _within_limits() -> Iterator[None]:
    """A full disk, and too little memory, are the same errors wherever they are met; raises OSError, OutOfMemory."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise OutOfMemory(str(error)) from error
    except duckdb.IOException as error:
        refuse_full_disk(str(error))
        raise


@contextmanager
def connect(limits: Limits = Limits()) -> Iterator[Engine]:
    """A new in-memory database within `limits`, or one that is shared; the connection is closed at the end."""
    connection = _kept_open(limits).cursor() if limits.shared else _opened(limits)
    try:
        yield Engine(connection, limits.memory)
    finally:
        connection.close()


def connect_ahead(limits: Limits) -> None:
    """Starts the database that connections with these limits share while the caller goes on; `connect` waits for
    it, and raises what was wrong. It takes as long as to import the check."""

    def start() -> None:
        with suppress(duckdb.Error):
            _kept_open(limits)

    Thread(target=start).start()


def _kept_open(limits: Limits) -> duckdb.DuckDBPyConnection:
    """The database that connections share, until another one is asked for; started once, even if two ask together."""
    with _STARTING:
        return _started(limits)


def _opened(limits: Limits) -> duckdb.DuckDBPyConnection:
    config: dict[str, Any] = {
        "memory_limit": limits.memory,
        "preserve_insertion_order": "true",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "temp_directory": str(limits.spill) if limits.spill else "",
    }
    if limits.threads:
        config["threads"] = str(limits.threads)
    if limits.spill:
        config["max_temp_directory_size"] = limits.spill_size
    connection = duckdb.connect(":memory:", config=config)
    # DuckDB takes a process without a main file for a person at a prompt, and draws a bar into the output.
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")  # not this machine's
    if limits.reads is not None:
        Engine(connection, limits.memory).shut(limits.reads)
    return connection


_started = lru_cache(maxsize=1)(_opened)


def csv_path(path: Path) -> str:
    """A file's path as a literal that DuckDB does not read as a pattern."""
    return literal(_escaped(path))


def _escaped(path: Path) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def tokens(statement: str) -> list[tuple[int, str]]:
    """The tokens of SQL as DuckDB's parser finds them: where each begins, in bytes of UTF-8, and its kind."""
    return [(start, kind.name) for start, kind in duckdb.tokenize(statement)]
