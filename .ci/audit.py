"""Asks pip-audit and npm for known faults of what the lock files name, and says what they could not look up.

    .ci/audit [--required] [LOCK ...]

A fault ends with 1. What could not be looked up is listed, since “no known faults” would be wrong: a mirror of PyPI has
packages but no list of faults. It ends with 1 only where an audit is required.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NPM_LOCK = "package-lock.json"
_PIP_AUDIT = (".venv/bin/pip-audit", "--progress-spinner", "off", "--timeout", "20", "--require-hashes",
              "--disable-pip", "--format", "json", "--requirement")  # fmt: skip
_NPM_AUDIT = ("npm", "audit", "--package-lock-only", "--json")
_UNREACHABLE = re.compile(
    "ConnectionError|ProxyError|ConnectTimeout|ReadTimeout|Max retries exceeded|audit endpoint returned|EAI_AGAIN"
    "|ECONNREFUSED|ENOTFOUND|ETIMEDOUT"
)


def main(arguments: Sequence[str]) -> int:
    """Audits each lock file, and says what came of it."""
    parser = argparse.ArgumentParser(prog=".ci/audit")
    parser.add_argument("--required", action="store_true", help="end with 1 where something was not audited")
    parser.add_argument("locks", nargs="*", metavar="LOCK", help="all lock files by default")
    options = parser.parse_args(arguments)
    status = 0
    for lock in options.locks or [*map(str, sorted(Path().glob("requirements*.txt"))), NPM_LOCK]:
        faults, missed, said = audit(lock)
        say(said)
        if faults or (missed and options.required):
            status = 1
    return status


def audit(lock: str) -> tuple[bool, bool, str]:
    """Whether a lock file has faults, whether some of it could not be looked up, and what to say of it."""
    command = _NPM_AUDIT if Path(lock).name == NPM_LOCK else (*_PIP_AUDIT, lock)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        report = {}
    if Path(lock).name == NPM_LOCK and "vulnerabilities" in report:
        return of_npm(lock, report)
    if "dependencies" in report:
        return of_pip(lock, report["dependencies"])
    if _UNREACHABLE.search(done.stdout + done.stderr):
        return False, True, f"not audited: {lock}; the list of known faults could not be reached"
    return True, True, f"not audited: {lock}; {' '.join(command)} ended with {done.returncode}:\n{done.stderr.strip()}"


def of_pip(lock: str, packages: Sequence[dict[str, Any]]) -> tuple[bool, bool, str]:
    """What pip-audit's report says. It ends with 0 where it skipped every package."""
    skipped = [one for one in packages if "skip_reason" in one]
    audited = len(packages) - len(skipped)
    faults = [
        f"{lock}: {one['name']} {one['version']}: {fault['id']}, fixed in {', '.join(fault['fix_versions']) or 'none'}"
        for one in packages
        for fault in one.get("vulns", ())
    ]
    lines = [*faults]
    if skipped:
        lines.append(f"not audited: {len(skipped)} packages of {lock}, such as: {skipped[0]['skip_reason']}")
    if audited and not faults:
        lines.append(f"no known faults: {audited} packages of {lock}")
    return bool(faults), not audited or bool(skipped), "\n".join(lines or [f"not audited: {lock} names no package"])


def of_npm(lock: str, report: dict[str, Any]) -> tuple[bool, bool, str]:
    """What npm's report says; it looks up all packages or none."""
    faults = report["vulnerabilities"]
    if not faults:
        return False, False, f"no known faults: {report['metadata']['dependencies']['total']} packages of {lock}"
    return True, False, "\n".join(f"{lock}: {name}: {one['severity']}" for name, one in sorted(faults.items()))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
