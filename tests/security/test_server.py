"""`serve` answers requests that name this machine, with files of the site; what is no request gets a plain line."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from datagazette.commands.preview import Preview, server

PAGE = "<!doctype html><title>Draft</title><body>A draft</body>"


# What else could be taken for this machine.
OTHERS = (
    "example.org",
    "example.org:{port}",
    "localhost.example.org:{port}",
    "127.0.0.1.example.org",
    "",
    "0.0.0.0",
    "localhost:{port}@example.org",
    "[::1].example.org",
    "localhost:x",
    "localhost example.org",
)


def files_below(folder: Path) -> dict[str, str]:
    """The files of a folder by their paths there, for a preview."""
    return {path.relative_to(folder).as_posix(): str(path) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a preview of one page, beside a file that is not part of it."""
    beside = tmp_path_factory.mktemp("preview")
    (beside / "beside.html").write_text("Not of the site")
    folder = beside / "served"
    (folder / "en").mkdir(parents=True)
    for name in ("index.html", "en/index.html", "404.html"):
        (folder / name).write_text(PAGE if name != "404.html" else PAGE.replace("draft", "missing page"))
    (folder / "style.css").write_text("body {}")
    with server(Preview(files_below(folder)), 0) as address:
        yield int(address.rstrip("/").rpartition(":")[2])


def sent(port: int, content: bytes) -> bytes:
    """What the server answers to these bytes until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(content)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def ask(port: int, path: str, host: str = "localhost", method: str = "GET") -> tuple[int, str]:
    """The status and the content of an answer."""
    answer = sent(port, f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), content.decode()


@pytest.mark.parametrize(
    "host", ["localhost:{port}", "127.0.0.1:{port}", "[::1]:{port}", "LOCALHOST:{port}", "localhost", "localhost:9000"]
)
def test_a_request_that_names_this_machine_is_answered(port: int, host: str) -> None:
    """The port may be another one where a connection is handed on, as ssh does."""
    status, content = ask(port, "/en/", host.format(port=port))
    assert status == 200
    assert "A draft" in content


@pytest.mark.parametrize("host", OTHERS)
@pytest.mark.parametrize("path", ["/en/", "/style.css", "/__serve/events?path=/", "/__serve/preview.js"])
def test_a_request_that_names_another_host_gets_no_file(port: int, host: str, path: str) -> None:
    """A page of the web can give its own name the address of this machine, and would read drafts."""
    for method in ("GET", "HEAD"):
        status, content = ask(port, path, host.format(port=port), method)
        assert status == 421
        assert content == ("421 serve answers at localhost and 127.0.0.1 alone\n" if method == "GET" else "")


@pytest.mark.parametrize("hosts", ["", "Host: localhost\r\nHost: example.org\r\n"])
def test_a_request_without_a_host_or_with_two_gets_no_file(port: int, hosts: str) -> None:
    for version in ("1.0", "1.1"):
        answer = sent(port, f"GET / HTTP/{version}\r\n{hosts}\r\n".encode())
        assert answer.startswith(b"HTTP/1.0 421 ")
        assert b"draft" not in answer


@pytest.mark.parametrize(
    "path", ["/%00", "/en/%00.html", "/%2e%2e/beside.html", "/../beside.html", "/en/../../beside.html", "/%2e/", "/%zz",
             "/%", "/%e4", "/%c0%ae%c0%ae/", "/%0d%0aX: y", "/%5c..%5cbeside.html", "http://localhost/en/",
             "http://[", "en/", "*", "/%1b"],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_a_bad_request(port: int, path: str, capfd: pytest.CaptureFixture[str]) -> None:
    answer = sent(port, f"GET {path.replace(' ', '%20')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head, _, content = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == b"400"
    assert b"Content-Type: text/plain" in head
    assert content == b"400 this is no address of a page\n"
    assert ask(port, "/en/")[0] == 200
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"GET /" + b"a" * 65_532, b"414"),
        (b"GET / HTTP/1.1\r\nHost: " + b"a" * 65_536, b"431"),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 101 + b"\r\n", b"431"),
        (b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 x\r\n\r\n", b"400"),
        (b"GET / HTTP/x\r\n\r\n", b"400"),
        (b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"501"),
        (b"GET /__serve/events?path=/%00&state=%zz HTTP/1.1\r\nHost: example.org\r\n\r\n", b"421"),
        (b"\r\n\r\n", b""),
        (b"", b""),
    ],
)
def test_whatever_arrives_is_answered_or_dropped_without_a_traceback(
    port: int, content: bytes, status: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert status in answer[:40]
    assert ask(port, "/en/")[0] == 200
    assert capfd.readouterr().err == ""


def test_events_of_an_impossible_page_do_not_end_in_a_traceback(port: int, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(b"GET /__serve/events?path=/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        stream = connection.makefile("rb")
        assert b"200" in stream.readline()
        assert any(line == b"event: reload\n" for line in stream)
    assert capfd.readouterr().err == ""


def test_a_browser_that_goes_away_is_no_fault(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "large.bin").write_bytes(bytes(50_000_000))
    before = set(threading.enumerate())
    with server(Preview(files_below(tmp_path)), 0) as address:
        port = int(address.rstrip("/").rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), 30) as connection:
            connection.sendall(b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
            connection.recv(100)
        while any("process_request" in one.name for one in set(threading.enumerate()) - before):
            threading.Event().wait(0.01)
    assert capfd.readouterr().err == ""
