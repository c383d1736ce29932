"""Addresses that cannot be side by side in one folder: all that are published are looked at together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from datagazette.describe.addresses import staged
from datagazette.model.names import is_portable
from datagazette.model.problems import Problem, problem, summarised, warning
from datagazette.model.publication import Dataset

Addresses = Callable[[str], Iterable[str]]  # those of a dataset, by its name


@dataclass(frozen=True)
class _File:
    """A file of the site, or one from which a page is made, with the dataset that it is of."""

    path: str
    dataset: str


def check_addresses(
    overview: Iterable[str], datasets: Iterable[Dataset], planned: Addresses, published: Addresses
) -> tuple[Problem, ...]:
    """What is a file and a folder at once, differs from another in case only, or cannot be stored everywhere.

    `overview` are the addresses that are of no dataset; `planned` says what is published of a dataset with its drafts,
    `published` what is without them: a name that is published already stays, with a warning.
    """
    names = [one.name for one in datasets]
    files = list(_files("", overview))
    for name in names:
        files += _files(name, planned(name))
    return summarised((*_clashes(files), *_not_portable(files, published)))


def _files(dataset: str, addresses: Iterable[str]) -> Iterator[_File]:
    for address in addresses:
        if not address.endswith("/") and address:
            yield _File(address, dataset)
            continue
        yield _File(f"{address}index.html", dataset)
        yield _File(staged(address), dataset)


def _clashes(files: Iterable[_File]) -> Iterator[Problem]:
    """Compared without case, as on Windows and macOS."""
    folders: dict[str, _File] = {}
    seen: dict[str, _File] = {}
    for one in files:
        folder = one.path.casefold().rpartition("/")[0]
        while folder and folder not in folders:
            folders[folder] = one
            folder = folder.rpartition("/")[0]
        other = seen.setdefault(one.path.casefold(), one)
        if other.path != one.path:
            yield _clash(one, other, "case")
    for path, one in seen.items():
        if path in folders:
            yield _clash(one, folders[path], "")


def _clash(one: _File, other: _File, rule: str) -> Problem:
    """Reported where the dataset is, or the later of two."""
    place = max(one.dataset, other.dataset)
    return problem("address-clash", f"datasets/{place}", address=one.path, other=other.path, rule=rule)


def _not_portable(files: Iterable[_File], published: Addresses) -> Iterator[Problem]:
    seen: dict[str, bool] = {}
    reported: set[tuple[str, str]] = set()
    for one in files:
        for name in one.path.split("/"):
            if name not in seen:
                seen[name] = is_portable(name)
            if not seen[name] and (one.dataset, name) not in reported:
                reported.add((one.dataset, name))
                known = any(name in address.split("/") for address in published(one.dataset))
                report = warning if known else problem
                yield report("name-not-portable", f"datasets/{one.dataset}", found=name, address=one.path)
