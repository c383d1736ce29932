"""One bounded worker process for whatever is untrusted. It knows nothing of tables.

`Worker` starts a process that cannot connect, reads and writes only the files it was given, has a limit of memory, and
is ended when its time is up; the process that asked stays usable. `walls` holds what each system offers for that.
"""

from datagazette.isolation.inside import is_worker, step
from datagazette.isolation.limits import BESIDE_DATABASE, DATABASE, Bounds, OutOfBounds, size
from datagazette.isolation.starter import prepare
from datagazette.isolation.worker import Worker, isolated

__all__ = [
    "BESIDE_DATABASE",
    "DATABASE",
    "Bounds",
    "OutOfBounds",
    "Worker",
    "is_worker",
    "isolated",
    "prepare",
    "size",
    "step",
]
