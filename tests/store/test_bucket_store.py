"""A store in a bucket: the tests' own server speaks S3 on loopback."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from datagazette.model.content import stored_path
from datagazette.store.bucket import BucketPlace
from datagazette.store.place import Refused
from tests.conftest import ROOT
from tests.store.publications import AFTER, DRAFT, run, set_store, with_store

pytestmark = pytest.mark.thorough
SERVER = ROOT / ".venv/s3/bin/moto_server"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([SERVER, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as server:  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        while True:
            assert server.poll() is None, "the server of the tests has ended"
            try:
                requests.put(f"{address}/tables", timeout=5)  # makes the bucket
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield address
        server.terminate()


@pytest.fixture
def access(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ENDPOINT_URL": endpoint, "ACCESS_KEY_ID": "ann", "SECRET_ACCESS_KEY": "secret-key",
                        "REGION": "us-east-1"}.items():  # fmt: skip
        monkeypatch.setenv(f"AWS_{name}", value)


@pytest.mark.usefixtures("access")
def test_a_publication_keeps_its_tables_in_a_bucket(tmp_path: Path) -> None:
    root = with_store(tmp_path, "s3://tables/open/data")
    pushed = run(root, "push", "t")
    assert pushed.status == 0, pushed.said
    assert "s3://tables/open/data (files: 1" in pushed.out
    assert "the store has it already" in run(root, "push", "t").out
    (root / DRAFT).unlink()
    done = run(root, "check", "--fetch-drafts")
    assert done.status == 0, done.said
    digest = hashlib.sha256(AFTER.encode()).hexdigest()
    kept = BucketPlace("s3://tables").parts(f"open/data/{stored_path(digest)}", 0)
    assert b"".join(chunk for _, chunk in kept) == AFTER.encode()
    assert run(root, "release", "t").status == 0


@pytest.mark.usefixtures("access")
def test_a_part_of_a_file_is_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    place = BucketPlace("s3://tables/parts")
    place.add("sha256/ab/abc", tmp_path / "file")
    assert list(place.parts("sha256/ab/abc", 4)) == [(4, b"456789")]
    assert b"".join(chunk for _, chunk in place.parts("sha256/ab/abc", 10)) == b"0123456789"
    assert place.size("sha256/ab/none") is None
    with pytest.raises(Refused, match="store-missing"):
        list(place.parts("sha256/ab/none", 0))


@pytest.mark.usefixtures("access")
def test_a_bucket_that_cannot_be_reached_is_named_without_the_access(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = with_store(tmp_path, "s3://tables")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("STORE_SECONDS", "1")
    done = run(root, "push", "t")
    assert done.status == 2
    assert "the store s3://tables cannot be reached for datasets/t/1.1.0/t.csv" in done.err
    assert "secret-key" not in done.said
    set_store(root, "s3://none-of-that-name")
    assert run(root, "push", "t").status == 2
