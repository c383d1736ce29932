"""What differs in files: from a revision, of which git has the texts too, or from another folder.

Only git's own program is asked, for what it has; it fetches nothing and changes no file.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from datagazette.files import same_bytes
from datagazette.load.files import CATALOG, DATASETS, SCHEMAS
from datagazette.model.errors import EnvironmentFault, UsageError

PLACES = (DATASETS, SCHEMAS, "site", "mkdocs.yml")  # what of a publication becomes its site
_PATHS_A_CALL = 500
# A publication that was unpacked somewhere may bring its own settings of git: they start no program.
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


@dataclass(frozen=True)
class Revision:
    """A commit to compare with. `name` is how it was asked for, `commit` its full name."""

    root: Path
    name: str
    commit: str


def find_revision(root: Path, name: str) -> Revision:
    """The commit in which this branch left `name`, as a pull request shows it; `name` itself where they never met.

    Raises UsageError where the folder is no repository or has no such revision.
    """
    if _git(root, "rev-parse", "--is-inside-work-tree").returncode:
        raise UsageError("no-repository", folder=root)
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if found.returncode:
        raise _unknown(root, name)
    commit = found.stdout.strip()
    common = _git(root, "merge-base", commit, "HEAD")
    if common.returncode and _is_shallow(root):
        raise UsageError("clone-shallow", name=name)
    return Revision(root, name, common.stdout.strip() or commit)


def changed_files(revision: Revision, places: Sequence[str]) -> tuple[str, ...]:
    """Files below `places` that are not what they were, new and deleted ones too; relative to the root, sorted."""
    differing = ("diff", "--name-only", "--no-renames", "-z", "--relative", revision.commit)
    fresh = ("ls-files", "--others", "--exclude-standard", "-z")
    listed = "".join(git_output(revision.root, *command, "--", *places) for command in (differing, fresh))
    return tuple(sorted({name for name in listed.split("\0") if name}))


def texts_at(revision: Revision, files: Iterable[str]) -> dict[str, str]:
    """What files held in the revision, as git keeps them; those that it does not have, or that are no text, are left
    out."""
    asked = {name: _git(revision.root, "cat-file", "blob", f"{revision.commit}:./{name}") for name in files}
    return {name: done.stdout for name, done in asked.items() if not done.returncode and done.stdout}


def shortened(root: Path, place: str) -> tuple[tuple[Revision, str], ...]:
    """(the commit before, file) for each change on the way to HEAD, the newest first, that took lines out of a file.

    `place` is a pattern of paths. Of a branch that was merged, only the merge counts. Nothing where there is no git.
    """
    if not is_repository(root):
        return ()
    logged = _git(
        root, "log", "--first-parent", "-m", "--no-renames", "--relative", "--numstat", "-z", "--format=%x00%P", "--",
        f":(glob){place}",
    )  # fmt: skip
    found, parent = [], ""
    for part in logged.stdout.split("\0") if not logged.returncode else ():
        counts = part.strip().split("\t", 2)
        if len(counts) < 3:
            parent = part.partition(" ")[0] or parent
        elif counts[1] != "0":
            found.append((Revision(root, parent[:10], parent), counts[2]))
    return tuple(found)


def has_git(root: Path) -> bool:
    """Whether there is git, and a folder is in a work tree of it, also one without a commit."""
    try:
        return not _git(root, "rev-parse", "--is-inside-work-tree").returncode
    except EnvironmentFault:
        return False


def is_repository(root: Path) -> bool:
    """Whether there is a commit."""
    try:
        return not _git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").returncode
    except EnvironmentFault:
        return False


def refuse_tracked(root: Path, folder: str) -> None:
    """Raises UsageError where the repository has files below a folder that a build takes for its own work."""
    if is_repository(root) and (found := git_output(root, "ls-files", "-z", "--", folder)):
        raise UsageError("build-in-git", path=found.partition("\0")[0], folder=folder)


def ignored_files(root: Path, files: Sequence[str]) -> frozenset[str]:
    """Those of these files that git ignores, and so would not keep; none where there is no repository."""
    return _listed(root, files, "check-ignore", "--")


def tracked_files(root: Path, files: Sequence[str]) -> tuple[str, ...]:
    """Those of these files that git has."""
    return tuple(sorted(_listed(root, files, "ls-files", "--")))


def _listed(root: Path, files: Sequence[str], *command: str) -> frozenset[str]:
    if not files or not has_git(root):
        return frozenset()
    parts = (files[start : start + _PATHS_A_CALL] for start in range(0, len(files), _PATHS_A_CALL))
    done = (_git(root, "-c", "core.quotePath=false", *command, *part) for part in parts)
    # check-ignore ends with 1 where it finds none.
    return frozenset(name for each in done if each.returncode < 2 for name in each.stdout.splitlines())


def extract(revision: Revision, files: Sequence[str], folder: Path) -> None:
    """Writes files as they were in the revision below `folder`, with the line ends of a checkout."""
    for start in range(0, len(files), _PATHS_A_CALL):
        listed = (f":(literal){name}" for name in files[start : start + _PATHS_A_CALL])
        with tempfile.TemporaryFile() as tar:
            done = subprocess.run(
                [*_GIT, "-C", str(revision.root), "archive", "--format=tar", revision.commit, "--", *listed],
                stdout=tar, stderr=subprocess.PIPE, check=False,
            )  # fmt: skip
            if done.returncode:
                raise _failed(done.stderr.decode("utf-8", "replace"))
            tar.seek(0)
            with tarfile.open(fileobj=tar) as archive:
                archive.extractall(folder, filter="data")


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [*_GIT, "-C", str(root), *arguments],
            capture_output=True, text=True, encoding="utf-8", errors="surrogateescape", check=False,
            env={**os.environ, "GIT_NO_LAZY_FETCH": "1"},
        )  # fmt: skip
    except FileNotFoundError as error:
        raise EnvironmentFault("no-git") from error


def git_output(root: Path, *arguments: str) -> str:
    done = _git(root, *arguments)
    if done.returncode:
        raise _failed(done.stderr)
    return done.stdout


def _failed(reason: str) -> EnvironmentFault:
    return EnvironmentFault("git", reason=" ".join(reason.split()))


def _is_shallow(root: Path) -> bool:
    return _git(root, "rev-parse", "--is-shallow-repository").stdout.strip() == "true"


def _unknown(root: Path, name: str) -> UsageError:
    branch = name.removeprefix("origin/")
    if _is_shallow(root) or name.startswith("origin/"):
        return UsageError("revision-unfetched", name=name, branch=branch)
    return UsageError("no-revision", name=name)


def changed_since(root: Path, name: str) -> tuple[str, ...]:
    """The files of a publication that differ from a revision or folder."""
    if Path(name).is_dir():
        return differing_files(root, publication_folder(name))
    return changed_files(find_revision(root, name), PLACES)


def publication_folder(name: str) -> Path:
    if not (Path(name) / CATALOG).is_file():
        raise UsageError("no-publication", name=name, file=CATALOG)
    return Path(name).resolve()


def differing_files(root: Path, other: Path) -> tuple[str, ...]:
    """The files of which two publications have other bytes, or which one of them lacks."""
    before, after = (
        {
            path.relative_to(folder).as_posix()
            for place in PLACES
            for path in ((folder / place).rglob("*") if (folder / place).is_dir() else [folder / place])
            if path.is_file()
        }
        for folder in (other, root)
    )
    return tuple(sorted(before ^ after | {file for file in before & after if not _is_same(other / file, root / file)}))


def _is_same(path: Path, other: Path) -> bool:
    """Links are compared as git compares them, by where they lead: that may be any file of the machine."""
    if path.is_symlink() or other.is_symlink():
        return path.is_symlink() and other.is_symlink() and path.readlink() == other.readlink()
    return same_bytes(path, other)
