"""A Dask cluster in the place of this machine's processes.

The publication, the cache and `build/` must lie on storage that every worker sees under the same path; workers run in
the program's own environment. `requirements-cluster.txt` has the library, which nothing else needs.
"""

from __future__ import annotations

import logging
import platform
import shlex
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datagazette.messages import LANGUAGES, texts
from datagazette.model.errors import EnvironmentFault

if TYPE_CHECKING:
    from distributed import Client

_CHECKOUT = Path(__file__).resolve().parent.parent.parent
_PATIENCE = 30  # seconds in which a first worker has to come
_NAMED = 5  # members that a message names


@contextmanager
def connected(address: str) -> Iterator[tuple[Executor, int]]:
    """The cluster as an executor, and how many tasks it does at a time. A worker that is lost is worked around."""
    try:
        from distributed import Client
    except ImportError as error:
        raise EnvironmentFault("no-distributed") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is wrong is said here, in one message
    try:
        with warnings.catch_warnings(action="ignore"):
            client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise EnvironmentFault("no-scheduler", address=address, reason=error) from error
    with client:
        _await_worker(client, address)
        _refuse_others(client, address)
        jobs = sum(client.nthreads().values())
        # Every task is a pure function into the cache: doing one twice does no harm.
        yield client.get_executor(pure=False, retries=3), jobs


def _await_worker(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        raise EnvironmentFault("no-worker", address=address) from error


def _refuse_others(client: Client, address: str) -> None:
    """Raises EnvironmentFault where a member of the cluster could not do this build's tasks, or did them otherwise."""
    ours = _installed()
    others = [(role, member, *wrong) for role, member, found in _members(client) if (wrong := _wrong(found, ours))]
    if not others:
        return
    reasons = {
        language: "; ".join(
            f"{say[role]} {member} {say[kind].format(found=found, ours=platform.python_version())}"
            for role, member, kind, found in others[:_NAMED]
        )
        + (f" (+{len(others) - _NAMED})" if len(others) > _NAMED else "")
        for language in LANGUAGES
        for say in [texts("cluster", language)]
    }
    install = "pip install --requirement requirements.txt --requirement requirements-cluster.txt"
    path = f"PYTHONPATH={shlex.quote(str(_CHECKOUT))}"
    raise EnvironmentFault("cluster-differs", address=address, reason=reasons, install=install, path=path)


def _members(client: Client) -> Iterator[tuple[str, str, Any]]:
    """(role, address, what `_installed` says there, or an exception) of the scheduler and each worker."""
    import cloudpickle  # type: ignore[import-untyped]

    versions: Any = client.get_versions()
    ours = list(map(str, sys.version_info[:2]))
    older = {
        name: about["host"]["python"].split(".final")[0]
        for name, about in {"": versions["scheduler"], **versions["workers"]}.items()
        if about["host"]["python"].split(".")[:2] != ours
    }
    scheduler = client.scheduler_info()["address"]
    if older:  # a function of one Python cannot be handed to another
        yield from (("worker" if name else "scheduler", name or scheduler, older[name]) for name in older)
        return
    own = sys.modules[__name__]
    cloudpickle.register_pickle_by_value(own)  # by name it could not be found where there is no program
    try:
        try:
            yield "scheduler", scheduler, client.run_on_scheduler(_installed)
        except Exception as error:  # whatever it answers instead is said
            yield "scheduler", scheduler, error
        for name, found in client.run(_installed, on_error="return").items():
            yield "worker", name, found
    finally:
        cloudpickle.unregister_pickle_by_value(own)


def _installed() -> tuple[str, str] | None:
    """The hash of the program here and that of its libraries; None where there is none. Runs on other machines."""
    import hashlib
    from pathlib import Path

    try:
        import datagazette
        from datagazette.build.fingerprints import libraries
    except ImportError:
        return None
    code = hashlib.sha256()
    for path in sorted(Path(str(datagazette.__file__)).parent.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            code.update(path.read_bytes())
    return code.hexdigest(), libraries()


def _wrong(found: Any, ours: tuple[str, str] | None) -> tuple[str, str] | None:
    """What keeps a member from doing this build's tasks: which text of `cluster.yaml`, and what it was."""
    if isinstance(found, Exception):
        return "silent", " ".join(f"{type(found).__name__}: {found}".split())[:200]
    if isinstance(found, str):
        return "python", found
    if found is None:
        return "missing", ""
    if found == ours:
        return None
    return ("code", "") if ours is None or found[0] != ours[0] else ("libraries", "")
