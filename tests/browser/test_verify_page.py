"""A reader asks the site whether a file or a figure is still good, on a host and on a disk; `verify` says the same."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from datagazette.commands.verdicts import described
from datagazette.commands.verify import FileVerdict
from datagazette.commands.verify import verify as find
from tests.browser.test_quality import AXE, CUT_OFF, RULES, RUN_AXE
from tests.conftest import Changed, call_build, once, publish
from tests.host import host
from tests.removal.publication import people, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINK = "https://small.example.org/data/en/datasets/counts/explore/?table=counts&key=001%7C2020&field=people"
Make = Callable[[Path, Path], Path]


def released(root: Path) -> None:
    """Everything published is in the ledgers; the only release of one dataset is withdrawn."""
    ledger = root / "datasets/places/releases.yaml"
    content = yaml.safe_load(ledger.read_text("utf-8"))
    content["releases"][0]["withdrawn"] = {"date": "2026-11-24", "reason": "重复计算", "reason@en": "Counted twice"}
    ledger.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    assert call_build("build", "--root", root, "--out", root / "public").status == 0
    assert call_build("record", "--root", root).status == 0


@pytest.fixture(scope="session")
def publication(changed: Changed) -> Path:
    return changed("verified", released)


@pytest.fixture(scope="session")
def site(publication: Path, shared: Path) -> Path:
    """Below a project path."""
    return once(shared / "hosted", lambda folder: publish(publication, folder / "town/data")) / "town/data"


def office(target: str, source: Path, folder: Path, infilter: str = "") -> Path:
    """The file as LibreOffice saves it."""
    out = folder / "saved"
    reading = [f"--infilter={infilter}"] if infilter else []
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", *reading,
         "--convert-to", target, "--outdir", out, source],
        check=True, capture_output=True, timeout=1_200, cwd=folder,
    )  # fmt: skip
    return out / f"{source.stem}.{target.partition(':')[0]}"


CALC = "xlsx:Calc MS Excel 2007 XML"
# As a person opens it who makes the first column text, so that codes keep their zeros.
CODES = "CSV:44,34,76,1,1/2/2/1/3/1/4/1,0,false,false,false"
SEMICOLONS = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false"


def published(path: str, name: str = "") -> Make:
    return lambda site, folder: Path(shutil.copyfile(site / "data" / path, folder / (name or Path(path).name)))


def renamed(make: Make, name: str) -> Make:
    return lambda site, folder: make(site, folder).rename(folder / name)


def edited(path: str, old: bytes, new: bytes, name: str) -> Make:
    def made(site: Path, folder: Path) -> Path:
        content = (site / "data" / path).read_bytes()
        assert old in content
        target = folder / name
        target.write_bytes(content.replace(old, new))
        return target

    return made


def marked(site: Path, folder: Path) -> Path:
    """With a byte order mark, semicolons, CRLF, and numbers as some programs write them."""
    lines = (site / "data/counts/1.1.0/counts.csv").read_text("utf-8").splitlines()
    target = folder / "from-a-colleague.csv"
    target.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(line.replace(",", ";") for line in lines).encode() + b"\r\n\r\n")
    return target


def turned(site: Path, folder: Path) -> Path:
    first, *rows = (site / "data/counts/1.1.0/counts.csv").read_text("utf-8").splitlines()
    target = folder / "sorted.csv"
    target.write_text("\n".join([first, *reversed(rows)]), "utf-8")
    return target


def corrected_sheet(site: Path, folder: Path) -> Path:
    """A workbook in which one figure was changed."""
    target = folder / "mine.xlsx"
    book = openpyxl.load_workbook(site / "data/counts/1.1.0/counts-1.1.0.xlsx")
    cell = next(cell for row in book["counts"].iter_rows() for cell in row if cell.value == 101)
    cell.value = 701
    book.save(target)
    return target


def zipped_again(site: Path, folder: Path) -> Path:
    target = folder / "unpacked.zip"
    with zipfile.ZipFile(site / "data/counts/1.1.0/counts-1.1.0.zip") as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) if name != "README.md" else b"My copy\n")
    return target


def unknown(_: Path, folder: Path) -> Path:
    target = folder / "letter.csv"
    target.write_text("a,b\n1,2\n")
    return target


def picture(_: Path, folder: Path) -> Path:
    target = folder / "holiday.png"
    target.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    return target


V = "counts/1.1.0"
# What a reader has: state, and by what it is recognised.
FILES: dict[str, tuple[Make, str, str]] = {
    "csv": (published(f"{V}/counts.csv", "downloaded.csv"), "current", "bytes"),
    "workbook": (published(f"{V}/counts-1.1.0.xlsx"), "current", "bytes"),
    "zip": (published(f"{V}/counts-1.1.0.zip"), "current", "bytes"),
    "parquet": (published(f"{V}/counts.parquet"), "current", "bytes"),
    "svg": (published(f"{V}/summaries/by-place.svg"), "current", "bytes"),
    "png": (published(f"{V}/summaries/by-place.png"), "current", "bytes"),
    "old csv": (published("counts/1.0.0/counts.csv"), "old", "bytes"),
    "withdrawn csv": (published("places/1.0.0/places.csv"), "withdrawn", "bytes"),
    "semicolons, mark and crlf": (marked, "current", "values"),
    "rows in another order": (turned, "current", "values"),
    "csv saved by LibreOffice": (
        lambda site, folder: office(SEMICOLONS, published(f"{V}/counts.csv")(site, folder), folder, CODES),
        "current", "values",
    ),
    "csv saved as a workbook": (
        renamed(lambda site, folder: office(CALC, published(f"{V}/counts.csv")(site, folder), folder, CODES), "x.xlsx"),
        "current", "values",
    ),
    "workbook saved by LibreOffice": (
        lambda site, folder: office(CALC, published(f"{V}/counts-1.1.0.xlsx")(site, folder), folder),
        "current", "values",
    ),
    "old workbook saved by LibreOffice": (
        renamed(
            lambda site, folder: office(CALC, published("counts/1.0.0/counts-1.0.0.xlsx")(site, folder), folder),
            "y.xlsx",
        ),
        "old", "values",
    ),
    "zip packed again": (zipped_again, "current", "values"),
    "codes without their zeros": (
        lambda site, folder: office(SEMICOLONS, published(f"{V}/counts.csv")(site, folder), folder), "altered", "",
    ),
    "altered csv": (edited(f"{V}/counts.csv", b"101", b"701", "counts.csv"), "altered", ""),
    "altered and renamed csv": (edited(f"{V}/counts.csv", b"101", b"701", "figures.csv"), "altered", ""),
    "downloaded twice and altered": (edited(f"{V}/counts.csv", b"place", b"ort", "counts (1).csv"), "altered", ""),
    "altered workbook": (corrected_sheet, "altered", ""),
    "altered picture": (edited(f"{V}/summaries/by-place.svg", b"<svg", b"<svg id='x'", "by-place.svg"), "altered", ""),
    "unknown csv": (unknown, "unknown", ""),
    "unknown picture": (picture, "unknown", ""),
}  # fmt: skip


@pytest.fixture(scope="module", params=["host", "disk"])
def place(request: pytest.FixtureRequest, site: Path) -> Iterator[str]:
    if request.param == "disk":
        yield f"file://{site}/"
    else:
        with host(site.parents[1]) as address:
            yield f"{address}town/data/"


@pytest.fixture(scope="module", params=["", "en/"], ids=["zh", "en"])
def page(request: pytest.FixtureRequest, browser: Browser, place: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.goto(f"{place}{request.param}verify/index.html")
    yield opened
    context.close()


def answer(page: Page, *files: Path) -> tuple[str, str]:
    """The state in which the page says that the last of the files is, and by what it knows that."""
    page.set_input_files("#verify-file", list(files))
    expect(page.locator(".verify__answer")).to_have_count(len(files))
    expect(page.locator("[aria-busy]")).to_have_count(0)
    state = page.locator(".verify__state").last
    return state.get_attribute("data-state") or "", state.get_attribute("data-by") or ""


@pytest.mark.sample(2)
@pytest.mark.parametrize("case", FILES)
def test_the_page_and_the_command_say_the_same_of_a_file(
    page: Page, publication: Path, site: Path, tmp_path: Path, case: str
) -> None:
    make, state, by = FILES[case]
    path = make(site, tmp_path)
    found = find(publication, str(path))
    assert isinstance(found, FileVerdict)
    assert (found.state, found.by if state not in ("altered", "unknown") else "") == (state, by)
    assert answer(page, path) == (state, by)
    language = "en" if "/en/" in page.url else "zh"
    said = page.locator(".verify__answers").inner_text()
    assert path.name in said
    assert found.sha256 in said
    first = described(found, language).splitlines()[0].removeprefix(path.name).lstrip(":： ")
    assert re.split("[.。:：]", first)[0] in said
    shown = re.findall(r"\d+\.\d+\.\d+", described(found, language))
    assert set(shown) <= set(re.findall(r"\d+\.\d+\.\d+", said)), said


@pytest.mark.thorough
def test_several_files_at_once_and_what_became_of_them(page: Page, site: Path, tmp_path: Path) -> None:
    old = published("counts/1.0.0/counts.csv", "a.csv")(site, tmp_path)
    gone = published("places/1.0.0/places.csv")(site, tmp_path)
    assert answer(page, old, gone) == ("withdrawn", "bytes")
    states = page.locator(".verify__state").all()
    assert [state.get_attribute("data-state") for state in states] == ["old", "withdrawn"]
    said = page.locator(".verify__answers").inner_text()
    is_english = "/en/" in page.url
    assert ("Corrects North for 2020" if is_english else "更正北镇 2020 年的人数") in said
    assert ("Counted twice" if is_english else "重复计算") in said
    links = {link.get_attribute("href") or "" for link in page.locator(".verify__answers a").all()}
    assert links
    for link in links:
        assert (site / link.partition("/town/data/")[2] / ("" if link.endswith(".html") else "index.html")).is_file()


@pytest.mark.thorough
def test_which_sheets_of_a_workbook_were_altered(page: Page, publication: Path, site: Path, tmp_path: Path) -> None:
    path = corrected_sheet(site, tmp_path)
    answer(page, path)
    found = find(publication, str(path))
    assert isinstance(found, FileVerdict)
    assert found.others == ("counts",)
    said = page.locator(".verify__answers").inner_text()
    assert ("Not as published: counts" if "/en/" in page.url else "与发布时不同：counts") in said
    assert "by-place" in said


@pytest.mark.thorough
def test_rows_in_another_order_are_said(page: Page, publication: Path, site: Path, tmp_path: Path) -> None:
    path = turned(site, tmp_path)
    answer(page, path)
    found = find(publication, str(path))
    for language, words in (("en", "The rows are in another order."), ("zh", "行的顺序与发布时不同。")):
        assert words in described(found, language)
        if f"/{language}/" in page.url or (language == "zh" and "/en/" not in page.url):
            assert words in page.locator(".verify__answers").inner_text()


@pytest.mark.thorough
def test_links_of_figures_releases_and_files(page: Page, place: str) -> None:
    is_english, is_hosted = "/en/" in page.url, place.startswith("http")

    def ask(link: str) -> tuple[str, str]:
        page.fill("#verify-link", link)
        page.press("#verify-link", "Enter")
        expect(page.locator(".verify__state")).to_have_count(1)
        expect(page.locator("[aria-busy]")).to_have_count(0)
        state = page.locator(".verify__state").get_attribute("data-state") or ""
        return state, page.locator(".verify__answers").inner_text()

    state, said = ask(f"The testers. Counts. {LINK}&release=1.0.0.")
    assert state == "old"
    assert ("The link names release 1.0.0. The newest is 1.1.0." if is_english else "链接引用的是版本 1.0.0") in said
    if is_hosted:
        assert ("Today: 101" if is_english else "现在：101") in said
        assert ("In release 1.0.0: 100" if is_english else "版本 1.0.0 中：100") in said
    else:
        assert ("The value cannot be read here." if is_english else "此处无法读取数值") in said
    assert ask(f"{LINK}&release=1.1.0")[0] == "current"
    assert ask(f"{LINK}&asOf=2026-12-01")[0] == "current"
    summary = "https://small.example.org/data/datasets/counts/summaries/by-place/?key=%E5%8C%97%E9%95%87&field=people"
    state, said = ask(summary)
    assert state == "current"
    assert not is_hosted or "120" in said
    assert ask("https://small.example.org/data/data/counts/1.0.0/counts-1.0.0.zip")[0] == "old"
    assert ask("https://small.example.org/data/data/counts/latest/counts.csv")[0] == "current"
    assert ask("https://small.example.org/data/datasets/places/")[0] == "withdrawn"
    assert ask("https://small.example.org/data/about/")[0] == "unknown"
    assert ask("javascript:alert(1)")[0] == "unknown"


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_keyboard_phone_and_axe(
    browser: Browser, page: Page, place: str, site: Path, tmp_path: Path, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)  # type: ignore[arg-type]
    phone = context.new_page()
    phone.add_init_script(path=AXE)
    phone.goto(page.url)
    phone.focus("#content")
    phone.keyboard.press("Tab")
    assert phone.evaluate("document.activeElement.id") == "verify-file"
    phone.keyboard.press("Tab")
    assert phone.evaluate("document.activeElement.id") == "verify-link"
    files = [
        FILES[case][0](site, tmp_path)
        for case in ("csv", "old csv", "withdrawn csv", "altered workbook", "unknown csv")
    ]
    answer(phone, *files)
    assert phone.evaluate(RUN_AXE, RULES) == []
    assert phone.evaluate(CUT_OFF)[0] <= 0
    context.close()


@pytest.mark.thorough
def test_nothing_leaves_the_page_but_questions_for_lists(browser: Browser, site: Path, tmp_path: Path) -> None:
    """The script is loaded on this page alone; without the browser's own SHA-256 it has another."""
    path = FILES["workbook saved by LibreOffice"][0](site, tmp_path)
    with host(site.parents[1]) as address:
        context = browser.new_context()
        visitor = context.new_page()
        asked: list[tuple[str, str]] = []
        faults: list[str] = []
        visitor.on("request", lambda request: asked.append((request.method, request.url)))
        visitor.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        visitor.goto(f"{address}town/data/en/about/", wait_until="networkidle")
        assert not any("verify" in url for _, url in asked)
        visitor.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
        asked.clear()
        visitor.goto(f"{address}town/data/en/verify/", wait_until="networkidle")
        before = len(asked)
        assert answer(visitor, path) == ("current", "values")
        assert asked[before:]
        assert all(method == "GET" for method, _ in asked)
        assert all(url.startswith(f"{address}town/data/assets/verify/") for _, url in asked[before:])
        assert faults == []
        context.close()


@pytest.mark.thorough
def test_a_file_that_is_dropped(page: Page, site: Path) -> None:
    content = (site / "data/counts/1.1.0/counts.csv").read_text("utf-8")
    page.evaluate(
        """(content) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([content], "dropped.csv"));
          document.querySelector(".verify__drop").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
        }""",
        content,
    )
    expect(page.locator(".verify__state")).to_contain_text("dropped.csv")
    assert page.locator(".verify__state").get_attribute("data-state") == "current"


@pytest.mark.thorough
def test_a_file_of_a_removed_release(browser: Browser, tmp_path: Path) -> None:
    """As it was published it is known, with the reason, and so is a link to it; its values are not."""
    tables = {"1.0.0": people(secret=False), "1.1.0": people(secret=True, count=40)}
    root, site = write(tmp_path / "lists", tables, with_users=False), tmp_path / "site"
    publish(root, site)
    kept = Path(shutil.copyfile(site / "data/people/1.1.0/people-1.1.0.xlsx", tmp_path / "kept.xlsx"))
    again = tmp_path / "again.csv"
    again.write_text((site / "data/people/1.1.0/people.csv").read_text("utf-8").replace(",", ";"), "utf-8")
    reasons = {"zh": "法院命令", "en": "Ordered by a court"}
    asked = ("--reason", reasons["zh"], "--reason-en", reasons["en"], "--instead", "1.0.0")
    done = call_build("remove", "people", "1.1.0", "--root", root, *asked)
    assert done.status == 0, done.said
    publish(root, site)
    known, lost = (find(root, str(path)) for path in (kept, again))
    assert isinstance(known, FileVerdict)
    assert isinstance(lost, FileVerdict)
    assert (known.state, lost.state) == ("removed", "altered")
    with host(site) as address:
        context = browser.new_context()
        visitor = context.new_page()
        for language, prefix in (("zh", ""), ("en", "en/")):
            visitor.goto(f"{address}{prefix}verify/")
            assert answer(visitor, kept) == ("removed", "bytes")
            said = visitor.locator(".verify__answers").inner_text()
            assert reasons[language] in said
            assert reasons[language] in described(known, language)
            assert {"zh": "请改用：版本 1.0.0", "en": "Use instead: release 1.0.0"}[language] in said
            assert answer(visitor, again) == ("altered", "")
            visitor.fill("#verify-link", "https://lists.example.org/data/datasets/people/1.1.0/")
            visitor.press("#verify-link", "Enter")
            expect(visitor.locator(".verify__state")).to_have_attribute("data-state", "removed")
        context.close()
