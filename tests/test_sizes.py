"""How large a site is, and what that means for its host."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from datagazette.cli.sizes import size_lines
from datagazette.model.hosts import HOSTS, HostLimits, host_by_address
from datagazette.model.text import in_bytes
from datagazette.publish.sizes import Size, site_size, size_faults
from tests.conftest import Run

FILES = {
    "index.html": 10_000,
    "data/stops/1.0.0/stops.csv": 1_000_000,
    "data/stops/1.0.0/stops.excel.csv": 1_000_000,
    "data/stops/1.0.0/stops.json": 3_000_000,
    "data/stops/1.0.0/summaries/by-ward.csv": 500,
    "data/stops/latest/stops.csv": 1_000_000,
    "data/wards/2.0.0/wards.csv": 20_000,
}


def test_every_file_counts_and_latest_is_a_second_copy() -> None:
    size = site_size(FILES, ["data/wards/2.0.0/"])
    assert size.whole == Size(sum(FILES.values()), 7)
    assert size.datasets == {"stops": Size(6_000_500, 5), "wards": Size(20_000, 1)}
    assert size.data == Size(1_020_000, 2)
    assert size.drafts == Size(20_000, 1)
    assert size.kinds == {".csv": 1_020_500, ".excel.csv": 1_000_000, ".json": 3_000_000, "latest/": 1_000_000}
    assert size.largest == ("data/stops/1.0.0/stops.json", 3_000_000)


def test_beyond_a_limit_is_an_error_and_near_it_a_warning_that_says_what_takes_most() -> None:
    large = site_size({"data/a/1.0.0/a.json": 900_000_000, "data/a/1.0.0/a.csv": 50_000_000}, [])
    beyond, near = size_faults(large, "cloudflare-pages"), size_faults(large, "gitlab-pages")
    assert [(fault.severity, dict(fault.values)["rule"]) for fault in beyond] == [("error", "file")]
    assert dict(beyond[0].values)["limit"] == "25 MiB"
    assert [fault.severity for fault in near] == ["warning"]
    assert dict(near[0].values)["most"] == ".json 900 MB, .csv 50 MB"
    assert dict(near[0].values)["part"] == "95%"
    assert size_faults(large, "plain") == size_faults(large, "netlify") == size_faults(large, "") == ()


def test_more_files_than_a_host_takes_are_an_error() -> None:
    many = site_size({f"datasets/{number}.html": 1 for number in range(20_001)}, [])
    assert [(fault.severity, dict(fault.values)["found"]) for fault in size_faults(many, "cloudflare-pages")] == [
        ("error", "20,001")
    ]


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://office.github.io/data/", "github-pages"),
        ("https://office.gitlab.io/", "gitlab-pages"),
        ("https://figures.pages.dev/", "cloudflare-pages"),
        ("https://figures.netlify.app/", "netlify"),
        ("https://github.io.example.org/", ""),
        ("https://data.example.org/", ""),
    ],
)
def test_a_host_is_known_by_its_own_domain(address: str, host: str) -> None:
    assert host_by_address(address) == host
    assert host in HOSTS or not host


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 B"), (999, "999 B"), (1_499, "1.5 kB"), (999_600, "1 MB"), (25 << 20, "25 MiB")]
)
def test_bytes_are_written_for_people(number: int, said: str) -> None:
    assert in_bytes(number) == said


def test_the_receipt_has_what_there_was_before_and_how_much_of_each_limit_is_used() -> None:
    lines = list(size_lines(site_size(FILES, []), Size(55_000_000, 1_666), "gitlab-pages", "en"))
    assert lines == [
        "Size: 6.03 MB in 7 files, made from 1.02 MB of CSVs (before: 55 MB in 1,666 files)",
        "  largest datasets: stops 6 MB, wards 20 kB",
        "  GitLab Pages: 0.6% of 1 GB, 0.0% of 200,000 files",
    ]


def test_an_unknown_host_is_reported_with_the_nearest(small: Path, run: Callable[..., Run]) -> None:
    with (small / "datasets/catalog.yaml").open("a") as catalog:
        catalog.write("host: cloudflare-page\n")
    checked = run("check", "--root", small)
    assert checked.status == 1
    assert "did you mean “cloudflare-pages”?" in checked.said


def test_a_site_that_does_not_fit_is_not_published(
    warmed: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    with (warmed / "datasets/catalog.yaml").open("a") as catalog:
        catalog.write("host: cloudflare-pages\n")
    monkeypatch.setitem(HOSTS, "cloudflare-pages", HostLimits("Cloudflare Pages", files=20))
    built = run("build", "--root", warmed)
    assert built.status == 1
    assert "error site-too-large" in built.said
    assert "of the 20 that Cloudflare Pages takes" in built.said
    assert not (warmed / "public").exists()
