"""Looks for new ways through a harness with atheris: python -m tests.fuzz.explore HARNESS [options of libFuzzer].

Ends at the first exception and writes what led there to build/fuzz/. Options: https://llvm.org/docs/LibFuzzer.html
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["datagazette"]):
    from tests.fuzz.harnesses import HARNESSES


def main(arguments: list[str]) -> None:
    name, *options = arguments
    found = Path("build/fuzz") / name
    found.mkdir(parents=True, exist_ok=True)
    seeds = Path(__file__).parent / "corpus" / name
    seeds.mkdir(parents=True, exist_ok=True)
    given = ["-max_len=200", "-timeout=60", "-rss_limit_mb=4000", f"-artifact_prefix={found}/crash-"]
    atheris.Setup([sys.argv[0], *given, *options, str(found), str(seeds)], HARNESSES[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
