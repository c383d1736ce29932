"""Firefox and WebKitGTK by the protocols that they bring: Marionette, and WebDriver over HTTP. No library is needed."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 60.0  # seconds, of a busy machine
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_SHOWN = "return [...document.querySelectorAll(arguments[0])].find((one) => one.checkVisibility())"
_MINIBROWSER = "/usr/lib/*/webkit2gtk-4.1/MiniBrowser"


class Refused(Exception):
    """A command that a browser does not follow, such as a click on what something else covers for a moment."""


class Engine(ABC):
    """A window of a browser. `ask` runs the body of a function in its page and returns what that returns."""

    name = ""

    @abstractmethod
    def send(self, command: str, method: str, path: str, parameters: Mapping[str, Any]) -> Any:
        """Runs a command of WebDriver and returns its value; Firefox knows it by name, others by method and path."""

    def open(self, address: str) -> None:
        self.send("WebDriver:Navigate", "POST", "url", {"url": address})

    def ask(self, script: str, *arguments: object) -> Any:
        return self.send("WebDriver:ExecuteScript", "POST", "execute/sync", {"script": script, "args": list(arguments)})

    def until(self, script: str, *arguments: object) -> Any:
        """What the script returns once that is true in JavaScript's sense."""
        end = time.monotonic() + PATIENCE
        while not (found := self.ask(script, *arguments)):
            assert time.monotonic() < end, f"{self.name}: never true: {script} {arguments}"
            time.sleep(0.1)
        return found

    def click(self, selector: str) -> None:
        """As a person clicks, on the first element that is shown, as soon as nothing covers it."""
        end = time.monotonic() + PATIENCE
        while True:
            found = self._id(selector)
            try:
                self.send("WebDriver:ElementClick", "POST", f"element/{found}/click", {"id": found})
            except Refused:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)
            else:
                return

    def type(self, selector: str, text: str) -> None:
        found = self._id(selector)
        self.send("WebDriver:ElementSendKeys", "POST", f"element/{found}/value", {"id": found, "text": text})

    def _id(self, selector: str) -> str:
        return str(self.until(_SHOWN, selector)[_ELEMENT])

    def picture(self) -> bytes:
        return base64.b64decode(self.send("WebDriver:TakeScreenshot", "GET", "screenshot", {}))

    def pdf(self) -> bytes:
        """The page on paper."""
        return base64.b64decode(self.send("WebDriver:Print", "POST", "print", {"background": True}))


class Firefox(Engine):
    name = "Firefox"

    def __init__(self, port: int) -> None:
        self._socket = _connected(port)
        self._file = self._socket.makefile("rb")
        self._read()
        self._number = 0
        self.send("WebDriver:NewSession", "", "", {"pageLoadStrategy": "normal"})

    def send(self, command: str, method: str, path: str, parameters: Mapping[str, Any]) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(f"{len(message)}:".encode() + message)
        _, _, error, value = self._read()
        if error:
            raise Refused(error)
        return value["value"] if isinstance(value, dict) and set(value) == {"value"} else value

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def _read(self) -> Any:
        length = b""
        while (letter := self._file.read(1)) != b":":
            length += letter
        return json.loads(self._file.read(int(length)))


class WebKit(Engine):
    name = "WebKitGTK"

    def __init__(self, port: int, program: str) -> None:
        self._session = f"http://127.0.0.1:{port}/session"
        _connected(port).close()
        options = {"webkitgtk:browserOptions": {"binary": program, "args": ["--automation"]}}
        wanted = {"capabilities": {"alwaysMatch": options}}
        self._session += f"/{self._call('POST', self._session, wanted)['sessionId']}"

    def send(self, command: str, method: str, path: str, parameters: Mapping[str, Any]) -> Any:
        return self._call(method, f"{self._session}/{path}", parameters)

    @staticmethod
    def _call(method: str, address: str, content: Mapping[str, Any]) -> Any:
        data = json.dumps(content).encode() if method == "POST" else None
        request = urllib.request.Request(address, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.read().decode()) from None


def _connected(port: int) -> socket.socket:
    """A connection to a program that is starting."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        except OSError:
            assert time.monotonic() < end, f"nothing answers at port {port}"
            time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """A program meanwhile, with all that it has started."""
    with log.open("wb") as output:
        started = subprocess.Popen(
            command, stdout=output, stderr=output, env={**os.environ, **(environment or {})}, start_new_session=True
        )
        try:
            yield
        finally:
            with_children(started)


def with_children(started: subprocess.Popen[bytes]) -> None:
    """Ends a program that leads a group of its own."""
    os.killpg(started.pid, 15)
    try:
        started.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, 9)
        started.wait()


@contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    """Downloads go into `folder`/downloads."""
    port, profile, downloads = free_port(), folder / "profile", folder / "downloads"
    for each in (profile, downloads):
        each.mkdir(parents=True)
    settings: dict[str, object] = {
        "marionette.port": port,
        "browser.download.folderList": 2,
        "browser.download.dir": str(downloads),
        "browser.download.useDownloadDir": True,
        "browser.shell.checkDefaultBrowser": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "app.normandy.enabled": False,
        "network.proxy.type": 0,
        "ui.prefersReducedMotion": 1,
    }
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings.items())
    (profile / "user.js").write_text("".join(lines), "utf-8")
    command = [
        _program("firefox-esr", "firefox"),
        "--marionette",
        "--headless",
        "--no-remote",
        "--profile",
        str(profile),
    ]
    environment = {"HOME": str(folder), "MOZ_DISABLE_AUTO_SAFE_MODE": "1"}
    with running(command, folder / "firefox.log", environment), closing(Firefox(port)) as engine:
        yield engine


@contextmanager
def webkit(folder: Path) -> Iterator[WebKit]:
    """Its downloads go into `folder`/downloads as well: it takes the folder of the person who runs it."""
    port, runtime = free_port(), folder / "runtime"
    for each in (runtime, folder / "downloads", folder / ".config"):
        each.mkdir(parents=True)
    runtime.chmod(0o700)
    (folder / ".config/user-dirs.dirs").write_text('XDG_DOWNLOAD_DIR="$HOME/downloads"\n', "utf-8")
    (program,) = Path("/").glob(_MINIBROWSER.lstrip("/"))
    environment = {
        "HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime), "XDG_CONFIG_HOME": str(folder / ".config"),
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1", "GDK_BACKEND": "x11",
    }  # fmt: skip
    command = ["xvfb-run", "-a", "-s", "-screen 0 1280x1000x24", _program("WebKitWebDriver"), f"--port={port}"]
    with running(command, folder / "webkit.log", environment):
        yield WebKit(port, str(program))


ENGINES: Mapping[str, Callable[[Path], Any]] = {"Firefox": firefox, "WebKitGTK": webkit}


def _program(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, f"{names[0]} is missing: apt-get install firefox-esr webkit2gtk-driver xvfb xauth"
    return found
