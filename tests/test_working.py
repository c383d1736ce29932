"""A command that takes a while says on a terminal what it does."""

from __future__ import annotations

import pytest

from datagazette.cli.group import working
from datagazette.messages import LANGUAGES, texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_terminal_shows_what_is_done(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with working(language, "check"):
        pass
    shown = capsys.readouterr()
    assert texts("progress", language)["working"]["check"] in shown.err
    assert shown.out == ""


def test_a_pipe_gets_nothing_of_that(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    with working("en", "check"):
        pass
    assert capsys.readouterr() == ("", "")
