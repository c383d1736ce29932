"""What is installed is what was locked, what is cached cannot run, and an audit says what it could not look up."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

AUDIT = ROOT / ".ci/audit"
GITLAB = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text("utf-8"))
WORKFLOWS = ROOT / ".github/workflows"
# As pip-audit 2.10 writes them: one package with a fault, one without, one that a mirror of PyPI says nothing of.
FAULTY = {
    "name": "faulty", "version": "1.0.0",
    "vulns": [{"id": "PYSEC-0000-1", "fix_versions": ["1.0.1"], "aliases": ["CVE-0000-1"], "description": "A fault."}],
}  # fmt: skip
FINE = {"name": "fine", "version": "2.0.0", "vulns": []}
SKIPPED = {"name": "unknown", "skip_reason": "Dependency not found on PyPI and could not be audited: unknown (3.0.0)"}


def module() -> Any:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci/audit.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def audit(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The audit with the real tools. Nothing listens on the port of the proxy, as in a network without a way out."""
    closed = {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1",
              "npm_config_registry": "http://127.0.0.1:9/", "npm_config_fetch_retries": "0"}  # fmt: skip
    environment = {"PATH": os.environ["PATH"], "HOME": str(ROOT / "build"), **closed, **variables}
    return subprocess.run([AUDIT, *arguments], capture_output=True, text=True, check=False, env=environment)


@contextmanager
def registry(faults: Mapping[str, Any]) -> Iterator[str]:
    """A registry of npm that answers each audit with these faults."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the library
            pass

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            content = json.dumps(faults).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.slow
@pytest.mark.thorough
def test_what_could_not_be_looked_up_is_never_called_free_of_faults() -> None:
    done = audit()
    assert done.returncode == 0, done.stdout + done.stderr
    locks = [*(path.name for path in ROOT.glob("requirements*.txt")), "package-lock.json"]
    assert sorted(locks) == sorted(
        next(name for name in locks if name in line) for line in done.stdout.splitlines() if "not audited" in line
    )
    assert "no known faults" not in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("lock", ["requirements-cluster.txt", "package-lock.json"])
def test_where_an_audit_is_required_what_was_not_looked_up_fails(lock: str) -> None:
    done = audit("--required", lock)
    assert done.returncode == 1
    assert "not audited" in done.stdout


@pytest.mark.slow
def test_npm_packages_with_and_without_faults_are_kept_apart() -> None:
    fault = {"id": 1, "url": "https://example.org/1", "title": "A fault", "severity": "high",
             "vulnerable_versions": "*", "cwe": [], "cvss": {"score": 0, "vectorString": None}}  # fmt: skip
    with registry({}) as address:
        fine = audit("--required", "package-lock.json", npm_config_registry=address)
    assert fine.returncode == 0, fine.stdout + fine.stderr
    assert "no known faults" in fine.stdout
    with registry({"fzstd": [fault]}) as address:
        faulty = audit("package-lock.json", npm_config_registry=address)
    assert faulty.returncode == 1
    assert "package-lock.json: fzstd: high" in faulty.stdout
    assert "no known faults" not in faulty.stdout


@pytest.mark.parametrize(
    ("packages", "faults", "missed", "said"),
    [
        ([FINE, FINE], False, False, ["no known faults: 2 packages of x.txt"]),
        ([SKIPPED, SKIPPED], False, True, ["not audited: 2 packages of x.txt, such as: Dependency not found on PyPI"]),
        ([FINE, SKIPPED], False, True, ["not audited: 1 packages of x.txt", "no known faults: 1 packages of x.txt"]),
        ([FINE, FAULTY], True, False, ["x.txt: faulty 1.0.0: PYSEC-0000-1, fixed in 1.0.1"]),
        ([FAULTY, SKIPPED], True, True, ["x.txt: faulty 1.0.0: PYSEC-0000-1", "not audited: 1 packages"]),
        ([], False, True, ["not audited: x.txt names no package"]),
    ],
)
def test_a_skipped_python_package_is_not_audited(
    packages: list[dict[str, Any]], faults: bool, missed: bool, said: list[str]
) -> None:
    found = module().of_pip("x.txt", packages)
    assert found[:2] == (faults, missed)
    lines = found[2].splitlines()
    assert len(lines) == len(said)
    for line, start in zip(lines, said, strict=True):
        assert line.startswith(start)


@pytest.mark.parametrize("name", ["publish.yml", ".gitlab-ci.yml"])
def test_what_publishes_requires_an_audit_first(name: str) -> None:
    if name == "publish.yml":
        jobs = yaml.safe_load((WORKFLOWS / name).read_text("utf-8"))["jobs"]
        commands, needed = [step.get("run", "") for step in jobs["audit"]["steps"]], jobs["deploy"]["needs"]
    else:
        commands, needed = GITLAB["audit"]["script"], GITLAB["pages"]["needs"]
    assert "audit" in needed
    (command,) = (one for one in commands if "make" in one and "audit" in one)
    assert "--required" in command
    assert "requirements.txt" in command
    assert "package-lock.json" in command


def test_no_cache_of_ci_holds_what_can_run() -> None:
    caches = [job["cache"] for job in GITLAB.values() if "cache" in job]
    assert caches
    for cache in caches:
        assert set(cache["paths"]) == {".cache/pip/", ".cache/npm/"}
    for name, variable in ((".cache/pip", "PIP_CACHE_DIR"), (".cache/npm", "npm_config_cache")):
        assert GITLAB["variables"][variable] == f"$CI_PROJECT_DIR/{name}"
    for path in WORKFLOWS.glob("*.yml"):
        assert "actions/cache@" not in path.read_text("utf-8"), "setup-python and setup-node cache downloads alone"


def test_a_merge_request_writes_into_no_cache() -> None:
    """A job has the rules of the template that it extends, unless it has rules of its own."""
    templates = yaml.safe_load((ROOT / "action/gitlab/datagazette.yml").read_text("utf-8"))
    jobs = {name: job for name, job in GITLAB.items() if isinstance(job, dict) and {"script", "extends"} & job.keys()}
    found = []
    for name, job in jobs.items():
        whole = templates.get(job.get("extends"), {}) | job
        if any("merge_request_event" in rule["if"] for rule in whole.get("rules", ())):
            found.append(name)
            assert job["cache"]["policy"] == "pull", name
    assert found == ["data"]


def test_npm_packages_of_every_system_have_a_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert sorted(name for name, entry in packages.items() if name and "integrity" not in entry) == []
    assert any("win32" in entry.get("os", ()) for entry in packages.values())


def test_every_installation_holds_packages_against_their_hashes() -> None:
    for path in (ROOT / "Makefile", ROOT / ".gitlab-ci.yml", *WORKFLOWS.glob("*.yml"), *(ROOT / ".ci").iterdir()):
        for line in path.read_text("utf-8").splitlines() if path.is_file() else ():
            if "pip install" in line:
                assert "--require-hashes" in line, path
            assert "npm install " not in line or "--package-lock-only" in line, path
