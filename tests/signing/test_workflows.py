"""What publishes signs first if there is a key, and what checks a change is never given it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

HOSTS = ROOT / "datagazette/starter/hosts"


def test_github_signs_before_it_builds() -> None:
    steps: list[dict[str, Any]] = yaml.safe_load((ROOT / "action/publish/action.yml").read_text("utf-8"))["runs"][
        "steps"
    ]
    commands = [step.get("run", "") for step in steps]
    sign = next(number for number, command in enumerate(commands) if " sign " in command)
    assert " build " in commands[sign + 1]
    assert steps[sign]["if"] == "inputs.signing-key != ''"
    assert "${{" not in commands[sign], "a secret reaches the program as a variable, and no shell as a word"
    assert "secrets.DATAGAZETTE_SIGNING_KEY" in (HOSTS / "publish.yml").read_text("utf-8")


def test_gitlab_signs_before_it_builds() -> None:
    jobs = yaml.safe_load((ROOT / "action/gitlab/datagazette.yml").read_text("utf-8"))
    sign, build = jobs[".datagazette-publish"]["script"]
    assert sign.startswith('if [ -n "$DATAGAZETTE_SIGNING_KEY" ]; then datagazette sign')
    assert "datagazette build" in build
    assert "sign" not in str(jobs[".datagazette-check"])


@pytest.mark.parametrize("path", [HOSTS / "check.yml", ROOT / "action/check/action.yml"])
def test_a_proposed_change_is_given_no_key(path: Any) -> None:
    text = path.read_text("utf-8")
    assert "SIGNING" not in text
    assert "secrets." not in text
