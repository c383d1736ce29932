"""Real web servers on loopback: each as it is installed, and with what the site and docs/start/hosting bring."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.hosts.engines import PATIENCE, free_port, running

CONFIGURATIONS = ROOT / "docs/start/hosting"
NODE = ROOT / "tests/hosts/node/node_modules"
# What a configuration needs of Apache that is compiled as modules; of others Debian's list is taken.
_MODULES = ("mpm_event", "authz_core", "dir", "mime", "filter", "deflate", "rewrite")


@dataclass(frozen=True)
class Server:
    """A server by its name. `program` is what runs, `package` where it comes from.

    `command(root, port, scratch, configured)` is the command that serves `root`, and may write files into `scratch`;
    `configured`: with our configuration. `has_ours`: whether there is one.
    """

    name: str
    program: str
    package: str
    version: Sequence[str]
    command: Callable[[Path, int, Path, bool], list[str]]
    has_ours: bool = True

    def is_installed(self) -> bool:
        return bool(shutil.which(self.program) or Path(self.program).exists())

    def version_found(self) -> str:
        """The first number with dots that the program says of itself."""
        done = subprocess.run([*self.version], capture_output=True, text=True, check=False)
        found = re.search(r"\d+\.\d+(?:\.\d+)?", done.stdout + done.stderr)
        assert found, (self.name, done)
        return found[0]

    @contextmanager
    def serving(self, root: Path, scratch: Path, *, configured: bool) -> Iterator[str]:
        """The address of the server, with its slash."""
        scratch.mkdir(parents=True, exist_ok=True)
        port = free_port()
        address = f"http://127.0.0.1:{port}/"
        log = scratch / "log"
        with running(self.command(root, port, scratch, configured), log, {"HOME": str(scratch), "CI": "1"}):
            end = time.monotonic() + PATIENCE
            while not answers(address):
                assert time.monotonic() < end, (self.name, log.read_text("utf-8", "replace"))
                time.sleep(0.1)
            yield address


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def ours(name: str, root: Path, port: int) -> str:
    """A configuration of docs/start/hosting for this folder and port."""
    text = (CONFIGURATIONS / name).read_text("utf-8").replace("/srv/open-data", str(root))
    return re.sub(r"(listen |\*:|^:)80\b", rf"\g<1>{port}", text, flags=re.MULTILINE)


def nginx(root: Path, port: int, scratch: Path, configured: bool) -> list[str]:
    """Debian's configuration, or ours in the place of its site."""
    site = Path("/etc/nginx/sites-available/default").read_text("utf-8")
    site = re.sub(r"^\s*listen \[.*", "", site, flags=re.MULTILINE)
    site = site.replace("listen 80", f"listen {port}").replace("/var/www/html", str(root))
    (scratch / "site").write_text(ours("nginx.conf", root, port) if configured else site, "utf-8")
    whole = Path("/etc/nginx/nginx.conf").read_text("utf-8")
    whole = re.sub(r"^(user|pid|error_log|include /etc/nginx/modules-enabled).*", "", whole, flags=re.MULTILINE)
    whole = whole.replace("access_log /var/log/nginx/access.log", "access_log off").replace("conf.d/*.conf", "no.d/*")
    whole = whole.replace("/etc/nginx/sites-enabled/*", str(scratch / "site"))
    head = f"user root; daemon off; pid {scratch}/pid; error_log stderr;\n"
    (scratch / "nginx.conf").write_text(head + whole, "utf-8")
    return ["nginx", "-c", str(scratch / "nginx.conf")]


def apache(root: Path, port: int, scratch: Path, configured: bool) -> list[str]:
    """Debian's modules and types; without them, as its package of the program alone brings none, those needed."""
    debian = Path("/etc/apache2/mods-enabled")
    loaded = (
        "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in _MODULES)
        + "TypesConfig /etc/mime.types\n"
    )
    if debian.is_dir() and not configured:
        loaded = f"Include {debian}/*.load\nInclude {debian}/*.conf\n"
    own = ours("apache.conf", root, port)
    plain = f"DocumentRoot {root}\n<Directory {root}>\nOptions Indexes FollowSymLinks\nAllowOverride None\n"
    plain += "Require all granted\n</Directory>\n"
    text = f"ServerRoot {scratch}\nDefaultRuntimeDir {scratch}\nPidFile {scratch}/pid\nErrorLog {scratch}/error\n"
    text += f"ServerName 127.0.0.1\nUser www-data\nGroup www-data\n{loaded}Listen 127.0.0.1:{port}\n"
    text += own if configured else plain
    (scratch / "apache.conf").write_text(text, "utf-8")
    return ["apache2", "-DFOREGROUND", "-f", str(scratch / "apache.conf")]


def lighttpd(root: Path, port: int, scratch: Path, configured: bool) -> list[str]:
    text = Path("/etc/lighttpd/lighttpd.conf").read_text("utf-8")
    text = text.replace("/var/www/html", str(root)).replace("/run/lighttpd.pid", f"{scratch}/pid")
    text = text.replace("/var/log/lighttpd/error.log", f"{scratch}/error")
    text = re.sub(
        r"^(server\.(username|groupname|upload-dirs)|include_shell .*use-ipv6).*", "", text, flags=re.MULTILINE
    )
    text = re.sub(r"^server\.port .*", f'server.port = {port}\nserver.bind = "127.0.0.1"', text, flags=re.MULTILINE)
    text = text.replace('include "/etc/lighttpd/conf-enabled/*.conf"', "")
    (scratch / "lighttpd.conf").write_text(text + (ours("lighttpd.conf", root, port) if configured else ""), "utf-8")
    return ["lighttpd", "-D", "-f", str(scratch / "lighttpd.conf")]


def caddy(root: Path, port: int, scratch: Path, configured: bool) -> list[str]:
    if not configured:
        return ["caddy", "file-server", "--root", str(root), "--listen", f"127.0.0.1:{port}"]
    options = "{\n\tadmin off\n\tauto_https off\n}\n"
    (scratch / "Caddyfile").write_text(options + ours("Caddyfile", root, port), "utf-8")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(scratch / "Caddyfile")]


def webfs(root: Path, port: int, _scratch: Path, configured: bool) -> list[str]:
    return ["webfsd", "-F", "-i", "127.0.0.1", "-p", str(port), "-r", str(root), *(["-f", "index.html"] * configured)]


def python(root: Path, port: int, _scratch: Path, _configured: bool) -> list[str]:
    return [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(root)]


def serve(root: Path, port: int, _scratch: Path, _configured: bool) -> list[str]:
    return [str(NODE / ".bin/serve"), "--no-clipboard", "--listen", f"tcp://127.0.0.1:{port}", str(root)]


def wrangler(root: Path, port: int, scratch: Path, _configured: bool) -> list[str]:
    shown = ["--ip", "127.0.0.1", "--port", str(port), "--inspector-port", str(free_port())]
    shown += ["--persist-to", str(scratch / "state"), "--compatibility-date", "2026-01-01"]
    return [str(NODE / ".bin/wrangler"), "pages", "dev", str(root), *shown]


SERVERS = (
    Server("nginx", "nginx", "nginx", ("nginx", "-v"), nginx),
    Server("Apache", "apache2", "apache2", ("apache2", "-v"), apache),
    Server("Caddy", "caddy", "caddy", ("caddy", "version"), caddy),
    Server("lighttpd", "lighttpd", "lighttpd lighttpd-mod-deflate", ("lighttpd", "-v"), lighttpd),
    Server("webfs", "webfsd", "webfs", ("dpkg-query", "-W", "-f=${Version}", "webfs"), webfs),
    Server("python -m http.server", sys.executable, "", (sys.executable, "-V"), python, has_ours=False),
    Server("serve (npm)", f"{NODE}/.bin/serve", "", (f"{NODE}/.bin/serve", "-v"), serve, has_ours=False),
    Server(
        "wrangler pages dev", f"{NODE}/.bin/wrangler", "", (f"{NODE}/.bin/wrangler", "-v"), wrangler, has_ours=False
    ),
)
BY_NAME = {server.name: server for server in SERVERS}
os.environ.setdefault("WRANGLER_SEND_METRICS", "false")
