"""A Dask cluster in the place of this machine's processes.

The publication, the cache and `build/` must lie on storage that every worker sees under the same path; workers run in
the program's own environment. `requirements-cluster.txt` has the library, which nothing else needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from publisher.errors import EnvironmentFault


@contextmanager
def connected(address: str) -> Iterator[tuple[Executor, int]]:
    """The cluster as an executor, and how many tasks it does at a time. A worker that is lost is worked around."""
    try:
        from distributed import Client
    except ImportError as error:
        raise EnvironmentFault(
            en="--cluster needs the library distributed: pip install --requirement requirements-cluster.txt",
            zh="--cluster 需要 distributed 库：pip install --requirement requirements-cluster.txt",
        ) from error
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise EnvironmentFault(
            en=f"there is no Dask scheduler at {address}: {error}", zh=f"{address} 上没有 Dask 调度器：{error}"
        ) from error
    with client:
        client.wait_for_workers(1, timeout=30)
        jobs = sum(client.nthreads().values())
        # Every task is a pure function into the cache: doing one twice does no harm.
        yield client.get_executor(pure=False, retries=3), jobs
