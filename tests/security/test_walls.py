"""No command opens a file that is not its own or makes a connection, whatever a publication or a package points to.

Bait points to files that a test made beside the publication and to a port of this machine. What Python opens is seen
by a hook in every process; what any language opens, by the system's own watch on the folder of these files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import BUILD, PUBLICATIONS, ROOT
from tests.hostile.publication import write
from tests.security.watching import listener, opened_in
from tests.test_seclusion import _SYSTEM, _WATCH

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all walls, and the watch"),
]

VISITS = "datasets/visits/1.0.0"
DESCRIPTOR, SCHEMA, QUERY = f"{VISITS}/datapackage.yaml", "schemas/visits.v1.yaml", f"{VISITS}/total.sql"
TABLE = "id,place,day,visits\n1,001,2021-05-01,5\n"
COMMANDS = {
    "check": ("check", "--root", "{root}"),
    "build": ("build", "--root", "{root}", "--drafts"),
    "diff": ("diff", "--root", "{root}", "--base", str(PUBLICATIONS / "small")),
    "query": ("query", "--root", "{root}", 'SELECT count(*) FROM "visits"."visits"'),
}


@dataclass(frozen=True)
class Place:
    """Where a publication lies, beside a folder of files and a port that nothing of it may reach."""

    root: Path
    secrets: Path
    port: int

    def shown(self, text: str) -> str:
        """A text with the places of the bait filled in."""
        return text.replace("SECRETS", str(self.secrets)).replace("ADDRESS", f"http://127.0.0.1:{self.port}")


def keep_secrets(folder: Path) -> Path:
    folder.mkdir()
    (folder / "table.csv").write_text(TABLE)
    (folder / "schema.yaml").write_text((PUBLICATIONS / "small" / SCHEMA).read_text("utf-8"), "utf-8")
    (folder / "schema.json").write_text('{"type": "object", "fields": [{"name": "id", "type": "string"}]}')
    (folder / "query.sql").write_text("SELECT sum(visits) AS visits FROM visits\n")
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def edited(file: str, old: str, new: str) -> Callable[[Place], None]:
    return lambda place: edit(place.root / file, old, place.shown(new))


def linked(file: str, secret: str) -> Callable[[Place], None]:
    def link(place: Place) -> None:
        (place.root / file).unlink()
        (place.root / file).symlink_to(place.secrets / secret)

    return link


def asked(query: str) -> Callable[[Place], None]:
    return lambda place: place.root.joinpath(QUERY).write_text(place.shown(query), "utf-8") and None


_DAY = "{name: day, type: date, title: 日期, title@en: Day}"
_CHECKED = "{{name: day, type: object, title: 日期, title@en: Day, constraints: {{jsonSchema: {{$ref: '{0}'}}}}}}"
BAIT = {
    "a path out of the folder": edited(DESCRIPTOR, "path: visits.csv", "path: ../../../../secrets/table.csv"),
    "an absolute path": edited(DESCRIPTOR, "path: visits.csv", "path: SECRETS/table.csv"),
    "an address": edited(DESCRIPTOR, "path: visits.csv", "path: 'ADDRESS/table.csv'"),
    "a link": linked(f"{VISITS}/visits.csv", "table.csv"),
    "further paths": edited(DESCRIPTOR, "schema: visits.v1", "extrapaths: [SECRETS/table.csv], schema: visits.v1"),
    "further addresses": edited(DESCRIPTOR, "schema: visits.v1", "extrapaths: ['ADDRESS/x'], schema: visits.v1"),
    "a schema at a path": edited(DESCRIPTOR, "schema: visits.v1", "schema: SECRETS/schema.yaml"),
    "a schema at an address": edited(DESCRIPTOR, "schema: visits.v1", "schema: 'ADDRESS/schema.json'"),
    "a schema that is a link": linked(SCHEMA, "schema.yaml"),
    "a reference to a file": edited(SCHEMA, _DAY, _CHECKED.format("file://SECRETS/schema.json")),
    "a reference to an address": edited(SCHEMA, _DAY, _CHECKED.format("ADDRESS/schema.json")),
    "a key of another package": edited(SCHEMA, "package: places", "package: 'ADDRESS/datapackage.json'"),
    "a query at a path": edited(DESCRIPTOR, "query: total.sql", "query: SECRETS/query.sql"),
    "a query that is a link": linked(QUERY, "query.sql"),
    "a query that reads a file": asked("SELECT sum(visits) AS visits FROM read_csv('SECRETS/table.csv')\n"),
    "a query of a file": asked("SELECT sum(visits) AS visits FROM 'SECRETS/table.csv'\n"),
    "a query that reads an address": asked("SELECT sum(visits) AS visits FROM read_csv('ADDRESS/table.csv')\n"),
    "a query that attaches a file": asked("ATTACH 'SECRETS/table.csv'; SELECT 1 AS visits\n"),
    "a query with other settings": asked("SET home_directory='SECRETS'; INSTALL httpfs; SELECT 1 AS visits\n"),
    "data of a chart": edited(
        DESCRIPTOR, "    query: total.sql",
        "    query: total.sql\n    chart: {mark: bar, data: {url: 'ADDRESS/x'}, encoding: {x: {field: visits}}}",
    ),
    "a constructor": edited(DESCRIPTOR, "title: 到访\n", 'title: !!python/object/apply:open ["SECRETS/table.csv"]\n'),
    "a part of another file": edited(
        DESCRIPTOR, "description: 尚未发布的草稿。", 'description: |-\n  --8<-- "SECRETS/table.csv"\n'
        "  ![x](ADDRESS/x.png) {! SECRETS/table.csv !}",
    ),
}  # fmt: skip


def watched(command: list[str], tmp_path: Path, *own: Path, code: str = _WATCH) -> subprocess.CompletedProcess[str]:
    """Runs a command with the hook in each of its processes: it opens only `own` files, the program's, and Python's."""
    hook, log, scratch = tmp_path / "hook", tmp_path / "hook.log", tmp_path / "scratch"
    for folder in (hook, scratch):
        folder.mkdir(exist_ok=True)
    (hook / "sitecustomize.py").write_text(code)
    log.write_text("")
    variables = {"PYTHONPATH": str(hook), "WATCH_LOG": str(log), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1",
                 "TMPDIR": str(scratch), "LC_ALL": "C.UTF-8"}  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1_200, cwd=scratch,
                          env={**os.environ, **variables})  # fmt: skip
    allowed = (*map(str, own), str(ROOT), str(hook), str(log), str(scratch), sys.base_prefix, sys.prefix,
               sysconfig.get_path("stdlib"), *_SYSTEM)  # fmt: skip
    seen = [line.split(" ", 1) for line in log.read_text("utf-8").splitlines()]
    assert [what for kind, what in seen if kind == "network" and "socket.bind" not in what] == []
    opened = {what.strip("'") for kind, what in seen if kind in ("open", "list")}
    assert sorted(one for one in opened if not one.startswith(allowed)) == []
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    return done


@pytest.mark.usefixtures("warmed")
@pytest.mark.sample(1)
@pytest.mark.parametrize("bait", BAIT)
def test_a_publication_leads_no_command_to_another_file_or_address(small: Path, tmp_path: Path, bait: str) -> None:
    secrets = keep_secrets(tmp_path / "secrets")
    with listener() as (port, met):
        BAIT[bait](Place(small, secrets, port))
        with opened_in(secrets) as opened:
            for command in COMMANDS.values():
                arguments = [one.format(root=small) for one in command]
                done = watched([*BUILD, *arguments, "--lang", "en"], tmp_path, small)
                assert done.returncode in (0, 1), done.stderr
    assert opened == set()
    assert met == []


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    "resource",
    [
        {"path": "SECRETS/table.csv"},
        {"path": "../secrets/table.csv"},
        {"path": "ADDRESS/table.csv"},
        {"path": "link.csv"},
        {"path": ["own.csv", "SECRETS/table.csv"]},
        {"path": "own.csv", "extrapaths": ["SECRETS/table.csv"]},
        {"path": "own.csv", "extrapaths": ["ADDRESS/table.csv"]},
        {"path": "own.csv", "scheme": "http", "basepath": "ADDRESS"},
        {"path": "own.csv", "schema": "SECRETS/schema.json"},
        {"path": "own.csv", "schema": "ADDRESS/schema.json"},
        {"path": "own.csv", "dialect": "ADDRESS/dialect.json"},
        {"path": "own.csv", "$schema": "ADDRESS/profile.json", "profile": "ADDRESS/profile.json"},
        {"path": "own.json", "format": "json", "schema": {"fields": [{"name": "a", "type": "object", "constraints": {
            "jsonSchema": {"$ref": "ADDRESS/schema.json"}}}]}},
        {"path": "own.csv", "schema": {"fields": [{"name": "id"}], "foreignKeys": [
            {"fields": "id", "reference": {"package": "ADDRESS/datapackage.json", "resource": "x", "fields": "id"}}]}},
    ],
    ids=", ".join,
)  # fmt: skip
def test_a_package_from_elsewhere_leads_no_command_to_another_file_or_address(
    small: Path, tmp_path: Path, resource: dict[str, object]
) -> None:
    secrets, folder = keep_secrets(tmp_path / "secrets"), tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "own.csv").write_text(TABLE)
    (folder / "own.json").write_text('[{"a": {"b": 1}}]')
    (folder / "link.csv").symlink_to(secrets / "table.csv")
    with listener() as (port, met):
        package = {"name": "elsewhere", "$schema": "ADDRESS/profile.json", "resources": [{"name": "t", **resource}]}
        descriptor = folder / "datapackage.json"
        descriptor.write_text(Place(folder, secrets, port).shown(json.dumps(package)))
        with opened_in(secrets) as opened:
            for command in (
                ["check", str(descriptor)], ["new", "fresh", str(descriptor), "--root", str(small)],
                ["add", str(descriptor), "--name", "other", "--yes", "--root", str(small)],
            ):  # fmt: skip
                watched([*BUILD, *command, "--lang", "en"], tmp_path, small, folder)
    assert opened == set()
    assert met == []


@pytest.mark.thorough
def test_a_build_of_a_publication_full_of_addresses_asks_none(tmp_path: Path) -> None:
    root = write(tmp_path / "hostile")
    done = watched([*BUILD, "build", "--root", str(root), "--lang", "en"], tmp_path, root)
    assert done.returncode == 0, done.stderr


# As if a reader of tables had a hole by which a file could run code: it is tried as soon as a worker opens the table.
_HOLE = """
import os, sys
tried = os.open(os.environ["HOLE_TRIED"], os.O_WRONLY | os.O_APPEND)
def hole(event, arguments):
    if event != "open" or not str(arguments[0]).endswith(("visits.csv", "places.csv")) or arguments[2] & os.O_PATH:
        return
    if sys.modules["datagazette.isolation.inside"].is_worker() and os.environ.pop("HOLE", ""):
        os.write(tried, b"tried ")
        import socket
        for what in (lambda: open(os.environ["HOLE_FILE"]).close(),
                     lambda: socket.create_connection(("127.0.0.1", int(os.environ["HOLE_PORT"])), 5).close()):
            try:
                what()
            except OSError:
                pass
sys.addaudithook(hole)
"""
# The command with one wall less: the default of `Bounds.walls`, which only tests change.
_WITHOUT = """
import runpy, sys
runpy.run_path(sys.argv.pop(1))
from datagazette.isolation.limits import WALLS, Bounds
left = WALLS - {sys.argv.pop(1)}
Bounds.__init__.__defaults__ = tuple(left if one == WALLS else one for one in Bounds.__init__.__defaults__)
from datagazette.cli import main
sys.exit(main(sys.argv[1:]))
"""
PLACES = "{root}/datasets/places/1.0.0/places.csv"
WALLED = {
    **COMMANDS,
    "check of a file": ("check", PLACES, "--schema", "{root}/schemas/places.v1.yaml"),
    "new": ("new", "fresh", PLACES, "--root", "{root}"),
    "release": ("release", "visits", "--root", "{root}"),
}


@pytest.mark.sample(2)
@pytest.mark.parametrize("command", WALLED)
@pytest.mark.parametrize("wall", ["none", "files", "network"])
def test_a_hole_in_a_reader_leads_nowhere_unless_a_wall_is_taken_away(
    small: Path, tmp_path: Path, command: str, wall: str
) -> None:
    secrets, hook, tried = keep_secrets(tmp_path / "secrets"), tmp_path / "hook", tmp_path / "tried"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(_HOLE)
    tried.write_text("")
    arguments = [one.format(root=small) for one in WALLED[command]]
    with listener() as (port, met), opened_in(secrets) as opened:
        variables = {"PYTHONPATH": str(hook), "HOLE": "1", "HOLE_TRIED": str(tried), "HOLE_PORT": str(port),
                     "HOLE_FILE": str(secrets / "table.csv")}  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-P", "-c", _WITHOUT, BUILD[1], wall, *arguments, "--lang", "en"],
            capture_output=True, text=True, check=False, timeout=1_200, env={**os.environ, **variables},
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert tried.read_text(), "a worker opened the table"
    assert opened == ({"table.csv"} if wall == "files" else set())
    assert bool(met) == (wall == "network")
