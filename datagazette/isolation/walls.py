"""The walls around a worker, raised from the inside before it sees anything untrusted, and never lowered.

| wall | Linux | macOS | Windows |
| --- | --- | --- | --- |
| network | seccomp: no socket can be made; and the audit hook | audit hook: Python's sockets | audit hook |
| files | Landlock: the list of `Bounds` | the database's own lock | the database's own lock |
| memory | RLIMIT_DATA, and RLIMIT_FSIZE for each file | RLIMIT_FSIZE | none |
| time | the parent ends the process | the same | the same |

The database's own lock holds on every system beside these (`engine`). Where a kernel lacks one of them, the
others hold; `raise_walls` says which do.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from datagazette.home import IS_CHECKOUT, PACKAGE
from datagazette.isolation.limits import Bounds

# What Python and its libraries read of a system: nothing in there is anybody's own.
_SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/nix/store", "/sys", "/proc/self", "/proc/cpuinfo",
    "/proc/meminfo", "/proc/stat", "/proc/filesystems", "/proc/sys/vm", "/proc/sys/kernel", "/dev/null", "/dev/zero",
    "/dev/random", "/dev/urandom", "/dev/full", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
    "/etc/ld.so.preload", "/etc/localtime", "/etc/timezone", "/etc/mime.types", "/etc/fonts", "/etc/locale.alias",
    "/etc/nsswitch.conf", "/etc/os-release", "/etc/debian_version", "/etc/alternatives", "/var/cache/fontconfig",
)  # fmt: skip
_WRITTEN_DEVICES = ("/dev/null", "/dev/full")
# What lies beside the package: in a checkout, parts of the program, and data of its own publication, which is none.
_BESIDE = PACKAGE.parent
_PARTS = ("site", "mkdocs.yml", "build.py", "node_modules", "package.json", "package-lock.json", "tests")


def raise_walls(bounds: Bounds, scratch: Path) -> frozenset[str]:
    """Raises the walls that this system has, around this process and whatever it starts; returns their names.

    Has to be called before the process has threads. `scratch` is the worker's own folder for temporary files.
    """
    raised = {"time"} & bounds.walls
    if "memory" in bounds.walls and _limit(bounds):
        raised.add("memory")
    if sys.platform == "linux" and (bounds.walls & {"network", "files"}):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if "files" in bounds.walls and bounds.reads is not None and _allow_files(libc, bounds, scratch):
            raised.add("files")
        if "network" in bounds.walls and _refuse_calls(libc):
            raised.add("network")
    if "network" in bounds.walls:
        sys.addaudithook(_refuse_connections)
        raised.add("network")
    return frozenset(raised)


def _limit(bounds: Bounds) -> bool:
    try:
        import resource
    except ImportError:  # Windows
        return False
    for name, wanted in (("RLIMIT_DATA", bounds.memory), ("RLIMIT_FSIZE", bounds.largest_file), ("RLIMIT_CORE", 0)):
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (most, most))
    return sys.platform == "linux"


def _refuse_connections(event: str, _arguments: object) -> None:
    if event.startswith("socket.") and event in _CONNECTING:
        raise PermissionError(errno.EACCES, "a worker for untrusted files opens no connection")


_CONNECTING = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg",
                         "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})  # fmt: skip


# Landlock, as <linux/landlock.h> has it.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 38, 22
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_ALL_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_CONNECT_AND_BIND, _SIGNALS_AND_ABSTRACT_SOCKETS = 3, 3


def _allow_files(libc: ctypes.CDLL, bounds: Bounds, scratch: Path) -> bool:
    """Whether the kernel has Landlock; then only the files of `bounds` and the system's can be opened from here on."""
    abi = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if abi < 1:
        return False
    handled = _ALL_BY_ABI[min(abi, 5)]
    connecting = _CONNECT_AND_BIND if "network" in bounds.walls else 0
    known = [handled, connecting, _SIGNALS_AND_ABSTRACT_SOCKETS][: 3 if abi >= 6 else 2 if abi >= 4 else 1]
    attributes = struct.pack(f"={len(known)}Q", *known)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    reading = _READ_FILE | _READ_DIR
    try:
        for path in (*_own_files(), *map(str, bounds.reads or ())):
            _allow(libc, ruleset, path, reading & handled)
        _allow(libc, ruleset, str(_BESIDE), _READ_DIR)  # Python lists the folder in which it looks for the program
        for path in (*map(str, bounds.writes), str(scratch), *_WRITTEN_DEVICES):
            _allow(libc, ruleset, path, handled & ~_EXECUTE)
        for path in (sys.executable, *map(str, bounds.runs), *map(str, _loaders())):
            _allow(libc, ruleset, path, (reading | _EXECUTE) & handled)
        return bool(libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, access: int) -> None:
    """A path that is not there needs no permission."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)  # type: ignore[attr-defined, unused-ignore]
    except OSError:
        return
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - called some fifty times for each worker
            access &= _OF_FILES
        libc.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", access, opened), 0)
    finally:
        os.close(opened)


def _own_files() -> Iterable[str]:
    """What the program itself reads: the package and, in a checkout, what lies beside it; Python, its libraries, and
    the system's."""
    yield from _SYSTEM
    yield from {sys.prefix, sys.base_prefix, sys.exec_prefix, sysconfig.get_path("stdlib")}
    yield str(PACKAGE)
    if IS_CHECKOUT:
        yield from (str(_BESIDE / name) for name in _PARTS)
        yield from map(str, _BESIDE.glob("requirements*.txt"))
    yield from (entry for entry in sys.path if os.path.isabs(entry) and not (IS_CHECKOUT and Path(entry) == _BESIDE))  # noqa: PTH117 - see _allow


def _loaders() -> tuple[Path, ...]:
    """What the system starts a program with."""
    return tuple(Path("/lib64").glob("ld-*")) + tuple(Path("/lib").glob("ld-*")) + tuple(Path("/lib").glob("*/ld-*"))


# seccomp: calls by their numbers for each kind of processor, as <asm/unistd.h> has them.
_ARCHITECTURES = {
    "x86_64": (0xC000003E, (41, 42, 101, 250, 298, 310, 311, 321, 425, 426, 427)),
    "aarch64": (0xC00000B7, (198, 203, 117, 219, 241, 270, 271, 280, 425, 426, 427)),
}
_X32 = 0x40000000  # x86_64's second set of numbers
_LOAD, _EQUALS, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_REFUSED, _ALLOWED = 0x00050000 | errno.EACCES, 0x7FFF0000


def _refuse_calls(libc: ctypes.CDLL) -> bool:
    """Refuses to make sockets (a pair of connected ones can be made), to look into other processes, and what goes
    around both (io_uring, bpf, keys, performance counters). True where the kernel has taken the filter."""
    if platform.machine() not in _ARCHITECTURES:
        return False
    architecture, numbers = _ARCHITECTURES[platform.machine()]
    program = [(_LOAD, 0, 0, 4), (_EQUALS, 1, 0, architecture), (_RETURN, 0, 0, _REFUSED), (_LOAD, 0, 0, 0)]
    program += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _REFUSED)]
    for place, number in enumerate(numbers):
        program.append((_EQUALS, len(numbers) - place, 0, number))
    program += [(_RETURN, 0, 0, _ALLOWED), (_RETURN, 0, 0, _REFUSED)]
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    handed = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    return bool(libc.prctl(_PR_SET_SECCOMP, 2, handed, 0, 0) == 0)
