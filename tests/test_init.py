"""`init`: what it writes, what it keeps, what it asks, and that the publication it makes is fine as it is."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from datagazette.commands.init import pin_of
from tests.conftest import BUILD, ROOT, Run, tree_hashes

Command = Callable[..., Run]
_PIN = "git+https://code.example.org/datagazette.git@" + "1" * 40


def catalog(folder: Path) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load((folder / "datasets/catalog.yaml").read_text("utf-8"))
    return found


def test_a_folder_gets_all_that_a_publication_needs_and_the_check_finds_no_error(tmp_path: Path, run: Command) -> None:
    town = tmp_path / "town"
    done = run("init", town, "--lang", "en")
    assert done.status == 0, done.said
    assert {path.name for path in town.iterdir()} == {
        ".gitattributes", ".github", ".gitignore", ".gitlab", ".gitlab-ci.yml", "README.md", "datasets", "program.txt",
        "schemas", "site",
    }  # fmt: skip
    assert "datasets/** -text" in (town / ".gitattributes").read_text("utf-8")
    assert os.access(town / ".github/actions/install.sh", os.X_OK)
    checked = run("check", "--root", town)
    assert checked.status == 0, checked.said
    assert "2 warnings" in checked.out.splitlines(), "the example is a draft, and a page is to be completed"
    assert "page-unwritten" in checked.out
    assert "add FILE" in done.out


@pytest.mark.thorough
@pytest.mark.parametrize("languages", ["zh,en", "zh,en,da,ar,fr", "da", "pt-BR"])  # fmt: skip
def test_a_publication_in_any_languages_has_its_texts_in_each_of_them(
    languages: str, tmp_path: Path, run: Command
) -> None:
    assert run("init", tmp_path / "town", "--lang", languages).status == 0
    checked = run("check", "--root", tmp_path / "town")
    assert checked.status == 0, checked.said
    assert "translation" not in checked.said
    assert "page-untranslated" not in checked.said
    first, *others = languages.split(",")
    header = (tmp_path / "town/datasets/months/1.0.0/months.csv").read_text("utf-8").splitlines()[0]
    assert header == ",".join(["month", "name", *(f"name_{other}" for other in others), "days", "bound"])
    month = (tmp_path / "town/datasets/months/1.0.0/months.csv").read_text("utf-8").splitlines()[1].split(",")[1]
    assert month == {"zh": "一月", "da": "januar", "pt-BR": "janeiro"}[first]
    pages = [path.read_text("utf-8") for path in (tmp_path / "town/site/pages").rglob("*.md")]
    assert len(pages) == len(languages.split(","))
    assert not any("example.org" in page for page in pages), "the address is still to be set"
    readmes = {path.name for path in (tmp_path / "town").glob("README*")}
    assert readmes == ({"README.md", "README.en.md"} if first == "zh" else {"README.md"})


@pytest.mark.parametrize(
    ("languages", "descriptions"),
    [
        ("en", ["Tables to look at, to download and to cite."]),
        ("da", ["Tabeller, der kan ses, hentes og citeres."]),
        ("zh,en", ["数据表可以查看、下载和引用。", "Tables to look at, to download and to cite."]),
    ],
)
def test_without_a_publisher_no_text_names_one_and_the_command_says_so(
    languages: str, descriptions: list[str], tmp_path: Path, run: Command
) -> None:
    done = run("init", tmp_path / "town", "--title", "Open data of X", "--lang", languages, "--empty")
    assert "set publisher in datasets/catalog.yaml" in done.out
    assert "now it is the title, “Open data of X”" in done.out
    found = catalog(tmp_path / "town")
    assert [text for key, text in found.items() if key.startswith("description")] == descriptions
    readme = (tmp_path / "town/README.md").read_text("utf-8")
    assert readme.count("Open data of X") == 1, "the heading alone"
    named = run("init", tmp_path / "other", "--title", "Numbers", "--lang", "en", "--publisher", "X", "--empty")
    assert "set publisher" not in named.out
    assert catalog(tmp_path / "other")["description"] == "Open data of X: tables to look at, to download and to cite."


def test_what_was_given_is_in_the_catalogue(tmp_path: Path, run: Command) -> None:
    logo = tmp_path / "Mark.SVG"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>')
    done = run("init", tmp_path / "town", "--title", "Tal for byen", "--title", "en=Figures: the town", "--lang", "da",
               "--lang", "en", "--licence", "cc0-1.0", "--base-url", "https://data.example.net/town", "--publisher",
               "Byen", "--contact", "data@example.net", "--program", _PIN, "--colour", "5B2A86", "--logo",
               logo, "--empty")  # fmt: skip
    assert done.status == 0, done.said
    found = catalog(tmp_path / "town")
    assert found["languages"] == ["da", "en"]
    assert (found["title"], found["title@en"]) == ("Tal for byen", "Figures: the town")
    assert found["publisher"] == {"title": "Byen"}
    assert found["contact"] == {"title": "Kontakt", "title@en": "Contact", "email": "data@example.net"}
    assert found["baseUrl"] == "https://data.example.net/town/"
    assert found["brand"] == {"colour": "#5b2a86", "logo": "site/logo.svg"}
    assert (tmp_path / "town/site/logo.svg").read_bytes() == logo.read_bytes()
    (licence,) = found["licenses"]  # type: ignore[misc, attr-defined]
    assert (licence["name"], licence["title@en"]) == ("CC0-1.0", "CC0 1.0 Universal")
    assert (tmp_path / "town/program.txt").read_text("utf-8").splitlines()[-1] == _PIN
    assert not (tmp_path / "town/datasets/months").exists()
    assert "write the version" not in done.out


@pytest.mark.thorough
def test_each_key_of_the_catalogue_that_can_be_used_is_explained_there(tmp_path: Path, run: Command) -> None:
    """What is a comment becomes a key when its mark is removed, and the file is still right."""
    run("init", tmp_path / "town", "--lang", "en", "--contact", "a@example.org")
    file = tmp_path / "town/datasets/catalog.yaml"
    lines = file.read_text("utf-8").splitlines()
    keys = (
        "# tagline:",
        "# headlines:",
        "#   - {",
        "# featured:",
        "# themes:",
        "# brand:",
        "# formats:",
        "# latest:",
        "# redirects:",
        "# footer:",
        "# problemsPage:",
        "# neutralPages:",
    )
    used = [line.removeprefix("# ") if line.startswith(keys) else line for line in lines]
    assert used != lines
    file.write_text("\n".join(used) + "\n", "utf-8")
    (tmp_path / "town/site/logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>')
    checked = run("check", "--root", tmp_path / "town")
    assert checked.status == 0, checked.said


@pytest.mark.thorough
def test_pages_follow_the_catalogue_until_their_publisher_asks_for_them(tmp_path: Path, run: Command) -> None:
    """A copy made at the start would go on naming the publisher and the licence of that day."""
    town = tmp_path / "town"
    run("init", town, "--lang", "en")
    pages = town / "site/pages/en"
    assert [path.name for path in pages.iterdir()] == ["accessibility"], "only its publisher can complete it"
    catalogue = town / "datasets/catalog.yaml"
    catalogue.write_text(catalogue.read_text("utf-8").replace('"Town"', '"The council"'), "utf-8")
    done = run("init", town, "--pages")
    assert done.status == 0, done.said
    assert {path.name for path in pages.iterdir()} == {"about", "accessibility", "cite", "contribute"}
    assert "The council" in (pages / "about/index.md").read_text("utf-8")
    checked = run("check", "--root", town)
    assert checked.status == 0, checked.said
    assert "page-link-broken" not in checked.said


def test_what_is_in_a_folder_is_kept_and_what_is_missing_is_written(tmp_path: Path, run: Command) -> None:
    town = tmp_path / "town"
    town.mkdir()
    (town / "README.md").write_text("Mine\n")
    (town / ".gitattributes").write_text("*.png binary")
    (town / ".gitignore").write_text("build\n*.log\n")
    (town / "visits.csv").write_text("day,visits\n2024-01-01,3\n")
    done = run("init", town, "--lang", "en")
    assert done.status == 0, done.said
    assert (town / "README.md").read_text() == "Mine\n"
    assert (town / ".gitattributes").read_text().startswith("*.png binary\n")
    assert "kept as it was: README.md, .gitignore" in done.out
    assert "Add to .gitignore, since it is made by each build: /public/" in done.out
    assert "add" in done.out
    assert "visits.csv" in done.out, "a table that is there is offered"
    before = tree_hashes(town)
    again = run("init", town)
    assert again.status == 0
    assert "Nothing is missing" in again.out
    assert tree_hashes(town) == before
    (town / ".gitlab-ci.yml").unlink()
    assert "was added" in run("init", town).out
    assert tree_hashes(town) == before


def test_a_publication_that_was_begun_without_init_gets_workflows_and_no_pages(small: Path, run: Command) -> None:
    before = tree_hashes(small / "datasets")
    done = run("init", small, "--title", "Another")
    assert done.status == 0, done.said
    assert tree_hashes(small / "datasets") == before
    assert (small / ".github/workflows/check.yml").is_file()
    assert not (small / "site").exists()
    assert "was there already: change title" in done.out
    readme = (small / "README.md").read_text("utf-8")
    assert readme.startswith("# 小型出版物\n"), "what its catalogue says, not what its folder is called"
    assert "https://small.example.org/data/" in readme
    assert (small / "README.en.md").is_file()


def test_after_an_upgrade_files_of_another_version_are_named_and_kept(tmp_path: Path, run: Command) -> None:
    run("init", tmp_path / "town")
    script = tmp_path / "town/.github/actions/install.sh"
    script.write_text("# older\n")
    done = run("init", tmp_path / "town")
    assert "Not those of this version of the program, and kept: .github/actions/install.sh." in done.out
    assert script.read_text() == "# older\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--licence", "CC-BY"], "did you mean CC-BY-4.0?"),
        (["--licence", "Beerware-9"], "is not in the SPDX list"),
        (["--lang", "dk"], "its language is da"),
        (["--lang", "english!"], "is not the code of a language"),
        (["--lang", "en", "--title", "da=Byen"], "add it with --lang en,da"),
        (["--base-url", "data.example.org"], "cannot be the address of a site"),
        (["--contact", "me"], "neither an e-mail address nor a web address"),
        (["--program", "https://example.org/datagazette-1.0-py3-none-any.whl"], "is not one address with a hash"),
        (["--colour", "purple"], "“purple”"),
    ],
)
def test_a_slip_is_refused_with_what_was_expected_and_nothing_is_written(
    options: list[str], said: str, tmp_path: Path, run: Command
) -> None:
    done = run("init", tmp_path / "town", *options)
    assert done.status == 2
    assert said in done.err
    assert not (tmp_path / "town").exists()


def test_a_logo_that_no_site_can_show_is_refused(tmp_path: Path, run: Command) -> None:
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script/></svg>')
    done = run("init", tmp_path / "town", "--logo", tmp_path / "logo.svg")
    assert done.status == 1
    assert "logo-unsafe" in done.err
    assert not (tmp_path / "town").exists()


def test_a_file_and_the_folder_of_the_program_are_refused(tmp_path: Path, run: Command) -> None:
    (tmp_path / "file").touch()
    assert "is a file" in run("init", tmp_path / "file").err
    assert "folder of the program itself" in run("init", ROOT).err


def test_a_licence_beyond_the_usual_ones_leads_to_the_spdx_list(tmp_path: Path, run: Command) -> None:
    assert run("init", tmp_path / "town", "--licence", "gfdl-1.3-only").status == 0
    (licence,) = catalog(tmp_path / "town")["licenses"]  # type: ignore[misc, attr-defined]
    assert licence["path"] == "https://spdx.org/licenses/GFDL-1.3-only.html"


_WHEEL = "https://example.org/datagazette-1.0-py3-none-manylinux_2_17_x86_64.whl"
_HASH = {"hashes": {"sha256": "a" * 64}}


@pytest.mark.parametrize(
    ("recorded", "pin"),
    [
        ({"url": _WHEEL, "archive_info": _HASH}, f"{_WHEEL}#sha256={'a' * 64}"),
        ({"url": "https://example.org/p.git", "vcs_info": {"vcs": "git", "commit_id": "1" * 40}},
         f"git+https://example.org/p.git@{'1' * 40}"),
        ({"url": _WHEEL, "archive_info": {}}, ""),
        ({"url": _WHEEL.replace("manylinux_2_17", "macosx_12_0"), "archive_info": _HASH}, ""),
        ({"url": _WHEEL.replace("//", "//name:secret@"), "archive_info": _HASH}, ""),
        ({"url": "file:///home/datagazette-1.0-py3-none-any.whl", "archive_info": _HASH}, ""),
        ({"url": "file:///home/datagazette", "dir_info": {}}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_workflows_install_the_version_that_began_the_publication_where_others_can_have_it(
    recorded: dict[str, object], pin: str
) -> None:
    assert pin_of(json.dumps(recorded)) == pin


@pytest.mark.thorough
def test_the_first_language_is_that_of_the_person_where_the_interface_has_it(tmp_path: Path) -> None:
    for locale, language in (("da_DK.UTF-8", "da"), ("xx_XX.UTF-8", "en")):
        environment = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "1"}
        subprocess.run([*BUILD, "init", str(tmp_path / language)], env=environment, check=True, capture_output=True)
        assert catalog(tmp_path / language)["languages"] == [language]


@pytest.mark.thorough
def test_on_a_terminal_it_asks_with_a_default_until_the_answer_can_be_used(tmp_path: Path) -> None:
    """Answers: language, title, title in English, publisher, contact, licence (a slip, then the default), address."""
    controller, terminal = pty.openpty()
    typed = "zh,en\n城市数据\nCity data\n\n\n\nCC-BY\n\n\n"
    os.write(controller, typed.encode())
    done = subprocess.run(
        [*BUILD, "init", str(tmp_path / "town")], stdin=terminal, stdout=terminal, stderr=subprocess.STDOUT,
        env={**os.environ, "LC_ALL": "en_US.UTF-8"}, check=False, timeout=300,
    )  # fmt: skip
    shown = os.read(controller, 100_000).decode()
    os.close(terminal)
    os.close(controller)
    assert done.returncode == 0, shown
    assert "Title of the site [Town]" in shown
    assert "did you mean CC-BY-4.0?" in shown
    found = catalog(tmp_path / "town")
    assert (found["title"], found["title@en"]) == ("城市数据", "City data")
    assert found["publisher"] == {"title": "城市数据"}
