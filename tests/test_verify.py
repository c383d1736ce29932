"""`verify`: files that somebody kept, and figures that somebody quoted."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from datagazette.commands.verdicts import described
from datagazette.commands.verify import FigureVerdict, FileVerdict, verify
from tests.conftest import PUBLICATIONS, Run

LINK = "https://example.org/en/datasets/counts/explore/?table=counts&key=001%7C2020&field=people"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(PUBLICATIONS / "small", tmp_path / "small", ignore=shutil.ignore_patterns("build", ".*"))
    )


def kept(small: Path, source: str, name: str = "kept.csv") -> Path:
    """A copy that lies with somebody else, under another name."""
    return Path(shutil.copyfile(small / "datasets" / source, small.parent / name))


def file_verdict(small: Path, path: Path) -> FileVerdict:
    found = verify(small, str(path))
    assert isinstance(found, FileVerdict)
    return found


def test_a_current_file(small: Path) -> None:
    found = file_verdict(small, kept(small, "counts/1.1.0/counts.csv"))
    assert found.state == "current"
    assert [(one.release.id, one.path, one.resource) for one in found.origins] == [
        ("counts-1.1.0", "counts.csv", "counts")
    ]
    assert "This is the newest release." in described(found, "en")
    assert "这是最新版本。" in described(found, "zh")


def test_an_old_file(small: Path) -> None:
    found = file_verdict(small, kept(small, "counts/1.0.0/counts.csv"))
    assert found.state == "old"
    assert [one.id for one in found.since] == ["counts-1.1.0"]
    assert "Corrects North for 2020" in described(found, "en")
    assert "更正北镇" in described(found, "zh")


def test_a_withdrawn_file(small: Path) -> None:
    ledger = small / "datasets/counts/releases.yaml"
    content = yaml.safe_load(ledger.read_text("utf-8"))
    content["releases"][0]["withdrawn"] = {"date": "2027-01-01", "reason": "重复计算", "reason@en": "Counted twice"}
    ledger.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    found = file_verdict(small, kept(small, "counts/1.0.0/counts.csv"))
    assert found.state == "withdrawn"
    assert "Withdrawn: 1.0.0 (2027-01-01): Counted twice" in described(found, "en")
    assert "已撤回：1.0.0（2027-01-01）：重复计算" in described(found, "zh")


def test_an_altered_file(small: Path, run: Callable[..., Run]) -> None:
    path = kept(small, "counts/1.1.0/counts.csv", "counts.csv")
    path.write_bytes(path.read_bytes().replace(b"101", b"701"))
    assert file_verdict(small, path).state == "altered"
    done = run("verify", path, "--root", small)
    assert (done.status, "altered" in done.out) == (1, True)


def test_an_unknown_file(small: Path) -> None:
    path = small.parent / "letter.csv"
    path.write_text("a,b\n")
    found = file_verdict(small, path)
    assert (found.state, found.origins) == ("unknown", ())
    assert "unknown" in described(found, "en")


def test_a_figure_that_was_corrected(small: Path, run: Callable[..., Run]) -> None:
    found = verify(small, LINK)
    assert isinstance(found, FigureVerdict)
    assert [(str(one.release.version), one.value) for one in found.history] == [("1.0.0", "100"), ("1.1.0", "101")]
    done = run("verify", LINK, "--root", small, language="zh")
    assert done.status == 0
    assert "已更改：1.0.0 中为 100，1.1.0 起为 101。更正北镇 2020 年的人数" in done.out


def test_a_figure_quoted_from_a_release(small: Path) -> None:
    """As citations have it; the explorer's own links leave the first table out."""
    shown = described(verify(small, f"{LINK}&release=1.0.0".replace("table=counts&", "")), "en")
    assert "The link quotes 1.0.0 (2026-11-23): 100" in shown
    assert "Changed: 100 in 1.0.0, 101 since 1.1.0." in shown
    assert "链接引用的是 1.0.0" in described(verify(small, f"{LINK}&release=1.0.0"), "zh")


def test_a_figure_of_a_summary(small: Path) -> None:
    link = "https://example.org/datasets/counts/summaries/by-place/?key=%E5%8C%97%E9%95%87&field=people&release=1.1.0"
    found = verify(small, link)
    assert isinstance(found, FigureVerdict)
    assert (found.resource, [one.value for one in found.history]) == ("by-place", ["120", "120"])


def test_a_figure_that_stands(small: Path) -> None:
    assert "The value is the same in every release." in described(verify(small, LINK.replace("2020", "2021")), "en")


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://example.org/data/counts/1.0.0/counts-1.0.0.zip", "The newest release is 1.1.0"),
        ("https://example.org/data/counts/latest/counts.csv", "This is the newest release."),
        ("https://example.org/datasets/counts/", "This is the newest release."),
        ("https://example.org/data/en/datasets/counts/", "This is the newest release."),  # the site is at /data/
    ],
)
def test_links_to_files_and_pages(small: Path, link: str, words: str) -> None:
    assert words in described(verify(small, link), "en")


@pytest.mark.parametrize(
    "target", ["https://example.org/", "http://[", LINK.replace("001", "999"), LINK.replace("counts", "gone")]
)
def test_what_is_nothing_of_ours(small: Path, run: Callable[..., Run], target: str) -> None:
    assert run("verify", target, "--root", small).status == 2
