"""Where a host leads `latest/` to the newest version, there are no copies, and every address below it answers."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from datagazette.build.checked import load
from datagazette.model.hosts import REDIRECTS
from datagazette.model.publication import Publication
from datagazette.publish.redirects import apache_rules, redirect_faults, redirect_files
from tests.conftest import Run, publish
from tests.hosts.servers import SERVERS, Server

NEWEST = "1.1.0"
PAIRS = {
    "counts.csv": "counts.csv",
    "counts.zip": f"counts-{NEWEST}.zip",
    "counts.xlsx": f"counts-{NEWEST}.xlsx",
    "summaries/by-place.svg": "summaries/by-place.svg",
    "datapackage.json": "datapackage.json",
}


def _set(root: Path, **keys: object) -> Publication:
    path = root / "datasets/catalog.yaml"
    path.write_text(path.read_text("utf-8") + yaml.safe_dump(keys), "utf-8")
    found = load(root).publication
    assert found is not None
    return found


def _followed(rules: str, path: str) -> str:
    """Where `_redirects` leads a path, as its hosts document it: the first rule that fits, `*` being the rest."""
    for line in rules.splitlines():
        source, target, status = line.split(" ")
        found = re.fullmatch(re.escape(source).replace(r"\*", "(?P<splat>.*)"), path)
        if found:
            assert status == "302"
            return target.replace(":splat", found.groupdict().get("splat", ""))
    return ""


def test_a_file_of_rules_leads_each_address_below_latest_to_its_file(small: Path) -> None:
    files = dict(redirect_files(_set(small, redirects=["netlify", "cloudflare-pages", "vercel"])))
    assert set(files) == {"_redirects", "vercel.json"}
    for name, target in PAIRS.items():
        expected = f"/data/data/counts/{NEWEST}/{target}"
        assert _followed(files["_redirects"], f"/data/data/counts/latest/{name}") == expected
    assert _followed(files["_redirects"], "/data/data/counts/1.0.0/counts.csv") == ""
    stars = ["*" in line for line in files["_redirects"].splitlines()]
    assert stars == sorted(stars)
    rules = json.loads(files["vercel.json"])["redirects"]
    assert {"source": "/data/data/counts/latest/:path*", "destination": f"/data/data/counts/{NEWEST}/:path*",
            "permanent": False} in rules  # fmt: skip


def test_without_redirects_there_are_copies_and_no_rules(small: Path) -> None:
    publication = load(small).publication
    assert publication is not None
    assert publication.catalog.latest
    assert not [*redirect_files(publication)]
    assert apache_rules(publication) == ""


def test_with_redirects_nothing_is_copied_unless_that_is_asked_for(small: Path) -> None:
    assert _set(small, redirects=["nginx"]).catalog.latest == ()
    assert _set(small, latest="linked").catalog.latest != ()


@pytest.mark.parametrize(("host", "most"), [("cloudflare-pages", 100), ("gitlab-pages", 333), ("vercel", 682)])
def test_a_host_that_takes_fewer_rules_than_there_are_is_named(small: Path, host: str, most: int) -> None:
    publication = _set(small, redirects=[host])
    (counts,) = (each for each in publication.datasets if each.name == "counts")

    def faults(count: int) -> set[str]:
        names = (f"d{number}" for number in range(count))
        datasets = tuple(
            replace(counts, name=name, releases=tuple(replace(each, dataset=name) for each in counts.releases))
            for name in names
        )
        return {fault.code for fault in redirect_faults(replace(publication, datasets=datasets))}

    assert faults(most) == (set() if host != "gitlab-pages" else faults(most))
    assert faults(most + 1) == {"redirects-too-many"}


@pytest.mark.parametrize(
    ("host", "redirects", "codes"),
    [
        ("github-pages", ["netlify"], ["redirects-elsewhere"]),
        ("netlify", ["vercel", "nginx"], ["redirects-elsewhere"]),
        ("netlify", ["cloudflare-pages", "netlify"], []),
        ("plain", ["nginx"], []),
        ("github-pages", [], []),
    ],
)
def test_redirects_that_the_host_of_the_site_does_not_read_are_a_warning(
    small: Path, host: str, redirects: list[str], codes: list[str]
) -> None:
    assert [fault.code for fault in redirect_faults(_set(small, host=host, redirects=redirects))] == codes


def test_a_misspelt_host_is_named_with_the_one_that_was_meant(small: Path, run: Callable[..., Run]) -> None:
    _set(small, redirects=["cloudflare"])
    assert "did you mean “cloudflare-pages”?" in run("check", "--root", small).out


@pytest.fixture(scope="module")
def redirecting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("redirecting")
    shutil.copytree(Path(__file__).parent.parent / "publications/small", root / "small")
    _set(root / "small", redirects=list(REDIRECTS), formats=["default", "gzip"])
    publish(root / "small", root / "public")
    return root / "public"


@pytest.mark.thorough
def test_a_site_with_redirects_has_no_copies_and_links_to_latest(redirecting: Path) -> None:
    assert not [*redirecting.glob("data/*/latest")]
    assert "latest/counts.csv" in (redirecting / "en/datasets/counts/index.html").read_text("utf-8")


@pytest.mark.thorough
@pytest.mark.parametrize(
    "server", [each for each in SERVERS if each.name in ("nginx", "Apache")], ids=lambda each: each.name
)
def test_a_real_server_leads_latest_to_the_newest_version(server: Server, redirecting: Path) -> None:
    if not server.is_installed():
        pytest.skip(f"{server.name} is not installed")
    with TemporaryDirectory() as folder:  # where every account may read it: a server leaves the rights of root
        Path(folder).chmod(0o755)
        root = Path(folder, "root")
        shutil.copytree(redirecting, root / "data")  # the address of the site ends with /data/
        shutil.copy(redirecting / "latest.map", root)
        _ask(server, root, redirecting, Path(folder, "scratch"))


def _ask(server: Server, root: Path, site: Path, scratch: Path) -> None:
    with server.serving(root, scratch, configured=True) as address:
        for name, target in PAIRS.items():
            with urllib.request.urlopen(f"{address}data/data/counts/latest/{name}", timeout=10) as answer:
                assert answer.url == f"{address}data/data/counts/{NEWEST}/{target}"
                sent = hashlib.sha256(answer.read()).digest()
            assert sent == hashlib.sha256((site / f"data/counts/{NEWEST}/{target}").read_bytes()).digest()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{address}data/data/none/latest/counts.csv", timeout=10)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "server", [each for each in SERVERS if each.name in ("nginx", "Caddy")], ids=lambda each: each.name
)
def test_a_real_server_sends_the_compressed_file_that_is_beside(server: Server, redirecting: Path) -> None:
    if not server.is_installed():
        pytest.skip(f"{server.name} is not installed")
    path = f"data/counts/{NEWEST}/counts.csv"
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        root = Path(shutil.copytree(redirecting, Path(folder, "root")))
        with server.serving(root, Path(folder, "scratch"), configured=True) as address:
            asked = urllib.request.Request(f"{address}{path}", headers={"Accept-Encoding": "gzip"})
            with urllib.request.urlopen(asked, timeout=10) as answer:
                assert answer.headers["Content-Encoding"] == "gzip"
                assert answer.headers["Content-Type"].startswith("text/csv")
                assert answer.read() == (redirecting / f"{path}.gz").read_bytes()
