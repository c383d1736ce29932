"""A store that a web server gives, with all that goes wrong on the way: what is only half there is never used."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from datagazette.model.content import FETCHED, Content, stored_path
from datagazette.model.errors import EnvironmentFault
from datagazette.store.address import parse_address
from datagazette.store.fetched import fetch, fetched
from tests.conftest import BUILD
from tests.store.publications import DRAFT, moved, run, set_store, with_store
from tests.store.server import Behaviour, served

CONTENT = b"site,count\n" + b"".join(b"Elm %d,%d\n" % (number, number) for number in range(200_000))
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[Behaviour, str]]:
    """What the server does, and its address."""
    behaviour = Behaviour(tmp_path / "tables")
    file = behaviour.folder / stored_path(DIGEST)
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    with served(behaviour) as address:
        yield behaviour, address


def got(root: Path, address: str, size: int | None = len(CONTENT)) -> bytes:
    """What is fetched; raises EnvironmentFault."""
    content = Content(DIGEST, "datasets/t/1.0.0/t.csv", "data/t/1.0.0/t.csv", size)
    fetch(root, parse_address(address), [content], root / "public", lambda _: None)
    return fetched(root, DIGEST).read_bytes()


def whole_files(root: Path) -> list[str]:
    return [path.name for path in (root / FETCHED).rglob("*") if path.is_file() and not path.name.startswith(".")]


def test_a_file_is_fetched_once(tmp_path: Path, web: tuple[Behaviour, str]) -> None:
    behaviour, address = web
    assert got(tmp_path, address) == CONTENT
    assert got(tmp_path, address) == CONTENT
    assert behaviour.asked == ["GET"]


@pytest.mark.parametrize("ranges", [True, False])
def test_a_connection_that_breaks_is_gone_on_with(tmp_path: Path, web: tuple[Behaviour, str], ranges: bool) -> None:
    behaviour, address = web
    behaviour.ranges, behaviour.ends_after = ranges, [1_200_000]
    assert got(tmp_path, address) == CONTENT
    assert len(behaviour.asked) == 2
    assert behaviour.asked[1].startswith("GET bytes=")


def test_what_came_before_the_end_of_a_command_is_kept_and_not_used(tmp_path: Path, web: tuple[Behaviour, str]) -> None:
    behaviour, address = web
    behaviour.ends_after = [1_100_000, 0]  # the second time nothing comes
    with pytest.raises(EnvironmentFault, match="cannot be reached for datasets"):
        got(tmp_path, address)
    assert whole_files(tmp_path) == []
    assert got(tmp_path, address) == CONTENT
    assert behaviour.asked[-1].startswith("GET bytes=")


def test_a_part_of_another_content_is_fetched_again_from_its_beginning(
    tmp_path: Path, web: tuple[Behaviour, str]
) -> None:
    behaviour, address = web
    part = fetched(tmp_path, DIGEST).with_name(f".{DIGEST}.part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"another content")
    assert got(tmp_path, address) == CONTENT
    assert behaviour.asked == ["GET bytes=15-", "GET"]
    fetched(tmp_path, DIGEST).unlink()
    part.write_bytes(CONTENT + b"and more")  # longer than the file
    assert got(tmp_path, address) == CONTENT


def test_a_part_that_is_whole_is_not_asked_for(tmp_path: Path, web: tuple[Behaviour, str]) -> None:
    behaviour, address = web
    part = fetched(tmp_path, DIGEST).with_name(f".{DIGEST}.part")
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT)
    assert got(tmp_path, address) == CONTENT
    assert behaviour.asked == []


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (403, "does not give or take datasets/t/1.0.0/t.csv"),
        (404, f"does not have datasets/t/1.0.0/t.csv ({stored_path(DIGEST)}): HTTP 404"),
        (500, "cannot be reached for datasets/t/1.0.0/t.csv: HTTP 500"),
        (204, "gave an answer for datasets/t/1.0.0/t.csv"),
    ],
)
def test_each_refusal_of_a_server_has_its_message(
    tmp_path: Path, web: tuple[Behaviour, str], status: int, said: str
) -> None:
    behaviour, address = web
    behaviour.status = status
    with pytest.raises(EnvironmentFault) as raised:
        got(tmp_path, address)
    for language in ("en", "zh"):
        assert address in raised.value.text(language)
    assert said in str(raised.value)


def test_wrong_bytes_and_too_many_are_not_used(tmp_path: Path, web: tuple[Behaviour, str]) -> None:
    behaviour, address = web
    file = behaviour.folder / stored_path(DIGEST)
    wrong = CONTENT[:-1] + b"!"
    file.write_bytes(wrong)
    with pytest.raises(EnvironmentFault, match=hashlib.sha256(wrong).hexdigest()):
        got(tmp_path, address)
    file.write_bytes(CONTENT + b"!")
    with pytest.raises(EnvironmentFault, match=f"than the {len(CONTENT):,} bytes"):
        got(tmp_path, address)
    assert whole_files(tmp_path) == []


def test_a_redirect_to_another_server_is_refused_and_one_within_a_server_followed(
    tmp_path: Path, web: tuple[Behaviour, str]
) -> None:
    behaviour, address = web
    behaviour.location = "http://169.254.169.254/latest/?token=secret"
    with pytest.raises(EnvironmentFault, match="leads to another server") as raised:
        got(tmp_path, address)
    assert "169.254.169.254" in str(raised.value)
    assert "secret" not in str(raised.value)
    moving = Behaviour(behaviour.folder)
    with served(moving) as other:
        behaviour.location = f"{other}{stored_path(DIGEST)}"  # another port is another server
        with pytest.raises(EnvironmentFault, match="leads to another server"):
            got(tmp_path, address)
    behaviour.location = f"/tables/{stored_path(DIGEST)}"
    with pytest.raises(EnvironmentFault, match="leads to another server"):  # it leads to itself without end
        got(tmp_path, address)
    assert moving.asked == []


def test_a_server_that_says_nothing_ends_with_a_message(
    tmp_path: Path, web: tuple[Behaviour, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    behaviour, address = web
    monkeypatch.setenv("STORE_SECONDS", "0.05")
    behaviour.waits = 0.15
    with pytest.raises(EnvironmentFault, match=r"too slow for datasets/t/1.0.0/t.csv: 0.05 s"):
        got(tmp_path, address)


def test_a_server_that_gives_a_little_at_a_time_has_a_limit_too(
    tmp_path: Path, web: tuple[Behaviour, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    behaviour, address = web
    monkeypatch.setenv("STORE_FILE_SECONDS", "0.05")
    behaviour.trickles = True
    with pytest.raises(EnvironmentFault, match=r"too slow for datasets/t/1.0.0/t.csv: 0.05 s"):
        got(tmp_path, address)


def test_a_password_in_the_address_of_the_environment_is_never_shown(
    tmp_path: Path, web: tuple[Behaviour, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    behaviour, address = web
    written = address.replace("http://", "http://ann:secret@").removesuffix("/") + "?sig=secret"
    assert got(tmp_path, written) == CONTENT
    behaviour.status = 403
    fetched(tmp_path, DIGEST).unlink()
    with pytest.raises(EnvironmentFault) as raised:
        got(tmp_path, written)
    assert "secret" not in str(raised.value)
    with pytest.raises(EnvironmentFault) as raised:
        got(tmp_path, "http://ann:secret@127.0.0.1:9/?sig=secret")  # where no server is
    assert "secret" not in str(raised.value)


@pytest.mark.thorough
def test_a_publication_reads_from_the_web_and_writes_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = with_store(tmp_path)
    (found,) = moved(root, DRAFT).values()
    behaviour = Behaviour(tmp_path / "tables")
    with served(behaviour) as address:
        set_store(root, address)
        done = run(root, "check", "--fetch-drafts")
        assert done.status == 0, done.said
        shutil.copyfile(root / FETCHED / stored_path(found.name), root / DRAFT)
        found.unlink()
        refused = run(root, "push", "t")
        assert refused.status == 2
        assert f"Copy it there as {stored_path(found.name)}" in refused.err
        assert "error release-not-stored" not in refused.err
        monkeypatch.setenv("DATAGAZETTE_STORE", str(tmp_path / "tables"))
        assert run(root, "push", "t").status == 0
        monkeypatch.delenv("DATAGAZETTE_STORE")
        (root / DRAFT).unlink()
        assert run(root, "release", "t").status == 0
    assert any(asked.startswith("HEAD") for asked in behaviour.asked)


@pytest.mark.thorough
def test_a_check_that_is_killed_while_it_fetches_leaves_nothing_that_is_used(tmp_path: Path) -> None:
    root = with_store(tmp_path)
    (root / DRAFT).write_bytes(CONTENT)
    moved(root, DRAFT)
    behaviour = Behaviour(tmp_path / "tables", stops_after=1_500_000)
    with served(behaviour) as address:
        set_store(root, address)
        part = fetched(root, DIGEST).with_name(f".{DIGEST}.part")
        command = [*BUILD, "check", "--root", str(root), "--fetch-drafts"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while not (part.is_file() and part.stat().st_size):
                assert process.poll() is None
                time.sleep(0.01)
            process.kill()
        assert whole_files(root) == []
        behaviour.stops_after = 0
        done = run(root, "check", "--fetch-drafts")
    assert done.status == 0, done.said
    assert behaviour.asked[-1].startswith("GET bytes=")
    assert fetched(root, DIGEST).read_bytes() == CONTENT
