"""Faults of `keys` in catalog.yaml are reported with their lines, and no secret is said again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from datagazette.load.catalog import read_catalog
from datagazette.load.descriptors import Document
from datagazette.model.problems import Problem
from tests.signing.keys import ssh_key

MINISIGN = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"  # of minisign's own documentation


def read(*keys: dict[str, Any]) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    document = Document("datasets/catalog.yaml", {
        "name": "x", "title": "X", "publisher": {"title": "P"}, "baseUrl": "https://x.example.org/", "keys": list(keys),
    })  # fmt: skip
    catalog, problems = read_catalog(document)
    return tuple(key.name for key in catalog.keys) if catalog else (), problems


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> str:
    return ssh_key(tmp_path_factory.mktemp("keys")).public


def key(public: str, **other: Any) -> dict[str, Any]:
    return {"name": "a", "kind": "ssh", "key": public, "from": "2026-01-01", **other}


def test_keys_of_both_kinds_are_read(public: str) -> None:
    mini = {"name": "b", "kind": "minisign", "key": MINISIGN, "from": "2026-01-01", "until": "2026-01-01"}
    assert read(key(public), mini) == (("a", "b"), ())


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"kind": "gpg"}, "signing-key-kind"),
        ({"kind": "minisign"}, "signing-key-unread"),
        ({"key": MINISIGN}, "signing-key-unread"),
        ({"until": "2025-12-31"}, "signing-key-days"),
        ({"from": ""}, "missing-key"),
        ({"name": "A B"}, "not-a-name"),
        ({"revoked": {"date": "2026-05-01"}}, "missing-key"),
        ({"form": "x"}, "unknown-key"),
    ],
)
def test_faults(public: str, other: dict[str, Any], code: str) -> None:
    names, problems = read(key(public, **other))
    assert [problem.code for problem in problems] == [code]
    assert names == ()


def test_a_key_is_there_once(public: str) -> None:
    names, problems = read(key(public), key(public, name="b"), key(MINISIGN, kind="minisign"))
    assert names == ("a",)
    assert [problem.code for problem in problems] == ["signing-key-twice"] * 2


def test_a_secret_key_is_refused_and_not_repeated(tmp_path: Path, public: str) -> None:
    secret = ssh_key(tmp_path).file.read_text("utf-8")
    _, problems = read(key(secret))
    assert [problem.code for problem in problems] == ["signing-key-secret"]
    assert not any(line in repr(problems) for line in secret.splitlines())
