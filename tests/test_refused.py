"""Hostile inputs are refused in bounded time and memory, with a message that names the file.

Each case is the small publication with one thing in it that a stranger could send; `check` meets it first, as it
does in a build. Processor time and memory are those of the whole process, with a generous bound: what these inputs
do unbounded is to run for hours or to fill a machine. HANGS only ends what waits forever.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from datagazette.load.publication import load_publication
from datagazette.reports.problem_list import text_report
from tests.conftest import BUILD, Run

pytestmark = pytest.mark.slow

VISITS = "datasets/visits/1.0.0"
DESCRIPTOR = f"{VISITS}/datapackage.yaml"
CSV = f"{VISITS}/visits.csv"
SCHEMA = "schemas/visits.v1.yaml"
SECONDS = 100
HANGS = 1_500
MEGABYTES = 3_000


@dataclass(frozen=True)
class Ended:
    """How a process ended, and the most memory that it held."""

    status: int
    said: str
    megabytes: float


def processor_seconds(session: int) -> dict[int, float]:
    """Of each process of a session that runs. What a worker used is nowhere else: nobody waits for it."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[3]) == session:
            found[int(path.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def bounded(*arguments: str | Path, **more: str) -> Ended:
    """A command that may take SECONDS of processor time; `more` is added to its environment."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "TERM": "dumb", **more}
    began, used = time.monotonic(), dict[int, float]()
    with subprocess.Popen([*BUILD, *map(str, arguments), "--lang", "en"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=environment, start_new_session=True) as process:  # fmt: skip
        while True:
            try:
                said = process.communicate(timeout=0.5)[0].decode("utf-8", "replace")
                break
            except subprocess.TimeoutExpired:
                used |= processor_seconds(process.pid)
                if sum(used.values()) > SECONDS or time.monotonic() - began > HANGS:
                    os.killpg(process.pid, signal.SIGKILL)
                    raise
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Ended(process.returncode, said, megabytes)


def refused(root: Path, code: str, file: str, *arguments: str | Path, **more: str) -> str:
    ended = bounded(*(arguments or ("check", "--root", root)), **more)
    assert "Traceback" not in ended.said
    assert ended.status == 1, ended.said
    assert code in ended.said
    assert file in ended.said
    assert ended.megabytes < MEGABYTES
    return ended.said


def unloaded(root: Path, code: str, file: str) -> str:
    """What reading the publication says, in this process: quicker, and bounded all the same."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.alarm(HANGS)
    try:
        problems = load_publication(root).problems
    finally:
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
    said = "\n".join(line.text for line in text_report(problems, "en"))
    assert [one for one in problems if one.severity == "error" or not code], said
    assert code in said, said
    assert file in said, said
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before < MEGABYTES
    return said


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    "name",
    [CSV, DESCRIPTOR, SCHEMA, f"{VISITS}/total.sql", f"{VISITS}/notes.csv", "datasets/visits/releases.yaml",
     "datasets/catalog.yaml"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["outside", "pipe", "device", "circle", "folder"])
def test_what_is_no_file_of_the_publication(small: Path, name: str, kind: str) -> None:
    """A link that leads out would publish any file of the machine; a pipe or a device would never end."""
    path = small / name
    secret = small.parent / "secret"
    secret.write_text("root:x:0:0\n")
    path.unlink(missing_ok=True)
    if kind == "outside":
        path.symlink_to(secret)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "circle":
        path.symlink_to(path.name)
    else:
        path.mkdir()
    said = unloaded(small, "", name.rpartition("/")[2].removesuffix(".v1.yaml"))
    assert "root:x" not in said


def test_a_released_file_that_became_a_pipe(small: Path) -> None:
    path = small / "datasets/counts/1.0.0/counts.csv"
    path.unlink()
    os.mkfifo(path)
    unloaded(small, "file-not-regular", "datasets/counts/1.0.0/counts.csv")


def test_a_dataset_that_is_a_link_out_of_the_publication(small: Path) -> None:
    outside = small.parent / "outside"
    (small / "datasets/visits").rename(outside)
    (small / "datasets/visits").symlink_to(outside)
    unloaded(small, "path-unsafe", "datasets/visits")


@pytest.mark.parametrize(
    "path",
    ["../../../secret.csv", "/etc/passwd", "C:\\\\x.csv", "a\\\\b.csv", "file:///etc/passwd", "https://bait.example/x.csv",
     "visits.csv\\0.txt", "x\\n.csv", "x" * 5_000 + ".csv", ".", "..", "visits.csv/", "~/x.csv", "$HOME/x.csv", "*.csv",
     "\\u202evsc.x"],
)  # fmt: skip
def test_paths_that_lead_elsewhere(small: Path, path: str) -> None:
    replaced(small / DESCRIPTOR, "path: visits.csv", f'path: "{path}"')
    unloaded(small, "", DESCRIPTOR)


@pytest.mark.parametrize("file", [DESCRIPTOR, "datasets/catalog.yaml"])
@pytest.mark.parametrize("code", ["../../..", "/etc", ".", "en/../../x", "e n", "data", "api", "en\u202e", "x" * 5_000])
def test_languages_that_lead_elsewhere(small: Path, file: str, code: str) -> None:
    """They name folders that are read and files that are written."""
    text = (small / file).read_text("utf-8")
    said = f"languages: {json.dumps(['zh', 'en', code])}\n"
    (small / file).write_text(re.sub("languages: .*\n", "", text) + said, "utf-8")
    unloaded(small, "language-code", file)


@pytest.mark.parametrize("key", ["licenses", "sources", "contributors"])
@pytest.mark.parametrize("link", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x"])
def test_links_that_run(small: Path, key: str, link: str) -> None:
    text = (small / DESCRIPTOR).read_text("utf-8")
    said = f"{key}: {json.dumps([{'title': 'x', 'path': link}])}\n"
    (small / DESCRIPTOR).write_text(re.sub(f"{key}: .*\n(?:[ -].*\n)*", "", text) + said, "utf-8")
    unloaded(small, "link-unsafe", DESCRIPTOR)


_BOMBS = {
    "aliases": ("yaml-alias", "a: &a [x, x]\nb: &b [*a, *a, *a, *a]\nc: [*b, *b, *b, *b]\n"),
    "python": ("yaml", "a: !!python/object/apply:os.system [touch /tmp/yaml-was-here]\n"),
    "tag": ("yaml", "a: !include /etc/passwd\n"),
    "merge": ("yaml-alias", "a: &a {b: 1}\nc: {<<: *a}\n"),
    "deep": ("yaml-too-deep", "a: " + "[" * 1_000_000 + "\n"),
    "deep block": ("yaml-too-deep", "".join(f"{' ' * depth}a:\n" for depth in range(2_000))),
    "huge": ("file-too-large", "a: " + "x" * 100_000_000 + "\n"),
    "many keys": ("yaml-too-many-keys", "".join(f"k{number}: 1\n" for number in range(300_000))),
    "long key": ("", "? " + "x" * 3_000_000 + "\n: 1\n"),
    "numbers": ("", "name: " + "9" * 4_000_000 + "\n"),
    "bytes": ("yaml", "a: \ud800\n"),
}


@pytest.mark.sample(6)
@pytest.mark.parametrize("name", _BOMBS)
@pytest.mark.parametrize("file", [DESCRIPTOR, "datasets/catalog.yaml", SCHEMA, "datasets/counts/releases.yaml"])
def test_descriptors_that_grow(small: Path, file: str, name: str) -> None:
    code, text = _BOMBS[name]
    (small / file).write_bytes(text.encode("utf-8", "surrogatepass"))
    unloaded(small, code, file)
    assert not Path("/tmp/yaml-was-here").exists()


def test_json_nested_a_million_deep(tmp_path: Path) -> None:
    path = tmp_path / "datapackage.json"
    for text in ('{"resources":' + "[" * 1_000_000, '{"resources":' + '{"a":\t' * 1_000_000):
        path.write_text(text)
        refused(tmp_path, "", "datapackage.json", "check", path)


_PATTERNS = {
    "nested": ("(a+)+b", "a" * 60),
    "alternatives": ("(a|a)*b", "a" * 60),
    "looking": ("(?=(a+)+b).*", "a" * 60),
    "reference": ("(a*)*\\\\1b", "a" * 60),
    "polynomial": ("a*a*a*a*a*a*a*a*(?!x)b", "a" * 3_000),
    "digits": ("(\\\\d+)+x", "１" * 60),
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", _PATTERNS)
def test_patterns_that_explode(small: Path, name: str) -> None:
    pattern, cell = _PATTERNS[name]
    replaced(small / SCHEMA, "title: 地点, title@en: Place, constraints: {required: true}",
             f'title: 地点, title@en: Place, constraints: {{required: true, pattern: "{pattern}"}}')  # fmt: skip
    (small / CSV).write_text(f"id,place,day,visits\n1,{cell},2021-05-01,1\n")
    time_given = {} if name == "nested" else {"PATTERN_SECONDS": "1"}
    said = refused(small, "", "visits", **time_given)
    assert "pattern-too-slow" in said or "constraint-error" in said


@pytest.mark.usefixtures("warmed")
@pytest.mark.thorough
def test_a_pattern_can_be_given_more_time(small: Path) -> None:
    """What was found too slow once is no result that is kept."""
    replaced(small / SCHEMA, "title: 地点, title@en: Place, constraints: {required: true}",
             'title: 地点, title@en: Place, constraints: {required: true, pattern: "(?!-)([^-]+)+"}')  # fmt: skip
    command = ("build", "--root", small, "--drafts")
    refused(small, "pattern-too-slow", SCHEMA, *command, PATTERN_SECONDS="0.001")
    given = bounded(*command, PATTERN_SECONDS="60")
    assert given.status == 0, given.said
    wrong = bounded("check", "--root", small, PATTERN_SECONDS="soon")
    assert (wrong.status, "PATTERN_SECONDS" in wrong.said, "Traceback" in wrong.said) == (2, True, False)


@pytest.mark.thorough
def test_a_table_that_refers_to_one_whose_pattern_explodes(tmp_path: Path) -> None:
    """Whether its keys are there could not be found out, so it is not said to be fine."""
    reference = {"fields": "of", "reference": {"resource": "slow", "fields": "id"}}
    number = {"name": "id", "type": "integer"}
    schemas = {
        "child": {"fields": [number, {"name": "of", "type": "integer"}], "foreignKeys": [reference]},
        "slow": {"fields": [number, {"name": "x", "constraints": {"pattern": "(?=a)(a+)+$"}}]},
    }
    for name, text in {"child": "id,of\n1,1\n2,9\n", "slow": f"id,x\n1,{'a' * 60}!\n"}.items():
        (tmp_path / f"{name}.csv").write_text(text)
    resources = [{"name": name, "path": f"{name}.csv", "schema": schema} for name, schema in schemas.items()]
    descriptor = tmp_path / "datapackage.json"
    descriptor.write_text(json.dumps({"name": "p", "resources": resources}))
    found = bounded("check", descriptor, "--format", "json", PATTERN_SECONDS="1")
    assert found.status == 1, found.said
    tasks = json.loads(found.said)["tasks"]
    assert [[one["type"] for one in task["errors"]] for task in tasks] == [["pattern-too-slow"]] * 2


def test_patterns_that_explode_inside_json(small: Path) -> None:
    schema = '{type: object, constraints: {jsonSchema: {properties: {a: {pattern: "(a+)+$"}}}}}'
    number = "{name: id, type: integer, title: 编号, title@en: Number}"
    what = "{name: what, title: 甲, title@en: A, " + schema.removeprefix("{")
    (small / SCHEMA).write_text(f"fields:\n  - {number}\n  - {what}\nprimaryKey: id\n", "utf-8")
    (small / CSV).write_text('id,what\n1,"{""a"": ""' + "a" * 60 + '!""}"\n')
    refused(small, "pattern-too-slow", SCHEMA, PATTERN_SECONDS="1")


@pytest.mark.sample(1)
@pytest.mark.parametrize("pattern", ["(x{1000}){1000}", "(" * 5_000 + ")" * 5_000, "[" * 9_000, "(?P<a>x)(?P=a)" * 500])
def test_patterns_that_no_engine_takes(small: Path, pattern: str) -> None:
    replaced(small / SCHEMA, "title@en: Place, constraints: {required: true}",
             f'title@en: Place, constraints: {{required: true, pattern: "{pattern}"}}')  # fmt: skip
    refused(small, "", "visits")


@pytest.mark.thorough
def test_a_small_file_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    """Six megabytes that unpack to six gigabytes; what unpacks to terabytes meets the same bound no later."""
    member = gzip.compress(b"1\n" * 50_000_000)
    with (tmp_path / "x.csv.gz").open("wb") as stream:
        stream.write(gzip.compress(b"id\n"))
        for _ in range(60):
            stream.write(member)
    descriptor = tmp_path / "datapackage.json"
    descriptor.write_text(
        '{"resources": [{"name": "x", "path": "x.csv.gz", "compression": "gz", "format": "csv", '
        '"schema": {"fields": [{"name": "id", "type": "integer"}]}}]}'
    )
    refused(tmp_path, "resource-too-large", "x.csv.gz", "check", descriptor, RESOURCE_SECONDS="3")


def _one_cell(path: Path) -> None:
    with path.open("w") as stream:
        stream.write('id,place,day,visits\n1,"')
        for _ in range(100):
            stream.write("x" * 1_000_000)
        stream.write('",2021-05-01,1\n')


def _nulls(path: Path) -> None:
    path.write_bytes(b"\0" * 20_000_000)


def _never_closed(path: Path) -> None:
    path.write_text('id,place,day,visits\n1,"' + "x,y\n" * 5_000_000)


def _wide(path: Path) -> None:
    path.write_text(",".join(f"c{number}" for number in range(20_000)) + "\n" + "1," * 19_999 + "1\n")


def test_a_table_that_is_too_wide_is_refused(small: Path, run: Callable[..., Run]) -> None:
    _wide(small / CSV)
    for language, shown in (
        ("en", "has 20000 columns; the limit is 2000"),
        ("zh", "表有 20000 列，最多可以有 2000 列"),
    ):
        assert shown in run("check", "visits", "--root", small, "--lang", language).said


def _no_lines(path: Path) -> None:
    path.write_text("," * 20_000_000)


@pytest.mark.sample(2)
@pytest.mark.parametrize("fill", [_one_cell, _nulls, _never_closed, _wide, _no_lines], ids=lambda one: one.__name__)
def test_tables_that_are_hardly_tables(small: Path, fill: Callable[[Path], None]) -> None:
    fill(small / CSV)
    refused(small, "", CSV)


_QUERIES = {
    "reads": "SELECT content AS visits FROM read_text('/etc/passwd')",
    "calls out": "SELECT * FROM 'https://bait.example/x.parquet'",
    "writes": "COPY visits TO '/tmp/query-was-here'",
    "deep": "SELECT " + "(" * 90_000 + "1",
    "long": "SELECT 1 -- " + "x" * 200_000,
    "huge result": "SELECT range AS visits FROM range(100000000)",
    "huge sort": "SELECT list(r ORDER BY r) AS visits FROM (SELECT md5(range::VARCHAR) AS r FROM range(200000000))",
}


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.thorough) if name == "huge sort" else name for name in _QUERIES]
)
def test_queries_that_take_what_is_not_theirs(small: Path, name: str) -> None:
    (small / f"{VISITS}/total.sql").write_text(_QUERIES[name])
    said = refused(small, "query", "total.sql") if name != "long" else refused(small, "file-too-large", "total.sql")
    assert "root:x" not in said
    assert not Path("/tmp/query-was-here").exists()


@pytest.mark.parametrize("name", [b"\xff.csv", b"\x1b[31m.csv", b"a\nb.csv", b"-rf", b"CON.csv", b"e\xcc\x81.csv"])
def test_names_that_no_address_can_have(small: Path, name: bytes) -> None:
    (small / VISITS / os.fsdecode(name)).write_text("x")
    unloaded(small, "file-unused", VISITS)
    folder = small / "datasets" / os.fsdecode(name)
    folder.mkdir()
    unloaded(small, "not-a-name", "datasets/")
