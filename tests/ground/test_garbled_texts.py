"""Texts that cannot be right: read in a wrong encoding, with lost characters, or with NUL."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datagazette.load.publication import load_publication
from datagazette.messages import LANGUAGES
from datagazette.model.problems import message
from datagazette.model.resource import Dialect, Field, Schema, Table
from datagazette.tables.layout import TableSource
from datagazette.tables.misread import CHINESE, CYRILLIC, WESTERN, meant
from datagazette.validation import TableReport
from datagazette.validation.run import check_tables
from datagazette.validation.texts import faults_of_parts
from tests.conftest import Run
from tests.ground.drafts import drafted

WORDS = ("Málaga", "Łódź", "São João", "Ålesund", "Αθήνα", "Москва", "it’s", "10 °C", "50 €", "北京市", "東京", "שלום")
NATURAL = (
    "« Liberté »", "CAFÉ”", "Ø½", "MANHÃ…", "SÃO PAULO", "“É”", "3×²", "m²/ß²", "ÂÊÎÔÛ", "Ö–Ä", "naïve", "ESPAÑA»",
    "½¾", "中文字符", "浣女", "東京・大阪", "Nguyễn Văn Â", "",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_was_read_in_a_wrong_encoding_is_recognised(word: str) -> None:
    misread = {word.encode().decode(encoding, "ignore") for encoding in ("cp1252", "latin-1")}
    assert word in {meant(text) for text in misread}
    assert all(re.search(WESTERN, text) for text in misread if meant(text))


@pytest.mark.parametrize(("word", "read"), [("上海", "涓婃捣"), ("北京市", "鍖椾含甯")])
def test_a_chinese_word_that_was_read_as_gbk_is_recognised(word: str, read: str) -> None:
    assert word.startswith(meant(read))
    assert len(meant(read)) == 2
    assert re.search(CHINESE, read)


@pytest.mark.parametrize("word", ["Москва", "Тверь", "Київ", "Београд", "Нижний Новгород"])
def test_a_cyrillic_word_that_was_read_as_windows_1251_is_recognised(word: str) -> None:
    read = word.encode().decode("cp1251", "ignore")
    assert meant(read)
    assert re.search(CYRILLIC, read)


@pytest.mark.parametrize("text", [*WORDS, *NATURAL, "СССР", "РСФСР", "Ђорђе", "№ 5", "«СЁРЁ»"])
def test_a_text_that_may_be_as_it_is_is_left_alone(text: str) -> None:
    assert meant(text) == ""


def checked(folder: Path, content: bytes, label: str = "town", encoding: str = "utf-8", **more: Any) -> TableReport:
    (folder / "t.csv").write_bytes(content)
    schema = Schema("t", "", (Field("id", "integer"), Field(label, "string")))
    table = Table("t", "t.csv", "t.csv", schema, Dialect(encoding=encoding))
    (report,) = check_tables([TableSource(table, folder / "t.csv", **{"proofread": True, **more})])
    return report


def found(report: TableReport) -> list[tuple[int | None, str, str, str]]:
    """Line, severity, kind and number of cells of each problem."""
    listed = [(problem, dict(problem.values)) for problem in report.problems]
    return [
        (problem.line, problem.severity, values.get("rule", problem.code), values["count"])
        for problem, values in listed
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_first_garbled_cell_of_a_column_is_a_warning_with_its_line(encoding: str, tmp_path: Path) -> None:
    content = "id,town\n1,Porto\n2,MÃ¡laga\n3,a\ufffdb\n4,锟斤拷\n5,ï¿½\n6,SÃ£o JoÃ£o\n7,MÃ¡laga\n8,« Liberté »\n"
    report = checked(tmp_path, content.encode(encoding), encoding="utf-8" if "utf" in encoding else encoding)
    assert found(report) == [(4, "warning", "lost", "3"), (3, "warning", "misread", "3")]
    assert report.valid
    assert "“MÃ¡laga” in “town” should probably be “Málaga”" in message(report.problems[1], "en")
    assert all("Málaga" in message(report.problems[1], language) for language in LANGUAGES)


def test_a_garbled_column_name_is_a_warning(tmp_path: Path) -> None:
    (problem,) = checked(tmp_path, "id,aÃ±o\n1,2020\n".encode(), "aÃ±o").problems
    assert (problem.line, problem.severity) == (1, "warning")
    assert message(problem, "en").startswith("The column name “aÃ±o” should probably be “año”")


@pytest.mark.parametrize("quote", [b"", b'"'])
def test_nul_in_a_cell_is_an_error_with_its_line(quote: bytes, tmp_path: Path) -> None:
    content = b"id,town\n1,Porto\n2," + quote + b"a\0b" + quote + b"\n3,\0\n"
    report = checked(tmp_path, content)
    assert found(report) == [(3, "error", "nul-in-text", "2")]
    assert dict(report.counts) == {"nul-in-text": 1}


def test_a_released_table_is_left_as_it_is(tmp_path: Path) -> None:
    assert not checked(tmp_path, "id,town\n1,MÃ¡laga\n2,a\0\n".encode(), proofread=False).problems


def test_a_garbled_text_of_a_descriptor_or_of_a_note_is_a_warning(small: Path) -> None:
    for file, before, after in (
        ("datasets/visits/1.0.0/datapackage.yaml", "title@en: Visits", "title@en: VisitÃ©s"),
        ("schemas/visits.v1.yaml", "title@en: Visits", "title@en: Visit\ufffds"),
    ):
        text = (small / file).read_text("utf-8")
        assert before in text
        (small / file).write_text(text.replace(before, after, 1), "utf-8")
    found = [problem for problem in load_publication(small).problems if problem.code == "garbled-text"]
    assert [(problem.file, problem.severity) for problem in found] == [
        ("datasets/visits/1.0.0/datapackage.yaml", "warning"),
        ("schemas/visits.v1.yaml", "warning"),
    ]
    assert message(found[0], "en").startswith("“VisitÃ©s” should probably be “Visités”")


def test_only_the_draft_of_a_dataset_is_proofread(run: Callable[..., Run], tmp_path: Path) -> None:
    drafted(tmp_path, "id,town\n1,MÃ¡laga\n", "id,town\n1,MÃ¡laga\n2,Porto\n", {"id": "integer", "town": "string"})
    done = run("check", "--root", tmp_path)
    assert done.status == 0
    assert done.out.count("garbled-text") == 1
    assert "datasets/t/1.1.0/t.csv\n  warning garbled-text" in done.out


@pytest.mark.thorough
def test_a_release_is_the_last_time_that_a_garbled_text_is_reported(run: Callable[..., Run], tmp_path: Path) -> None:
    drafted(tmp_path, "id,town\n1,Porto\n", "id,town\n1,Porto\n2,MÃ¡laga\n", {"id": "integer", "town": "string"})
    done = run("release", "t", "--root", tmp_path)
    assert done.status == 0
    assert "line 3, field town: “MÃ¡laga” in “town” should probably be “Málaga”" in done.err
    assert "garbled-text" not in run("check", "--root", tmp_path).said


def test_texts_of_a_table_in_several_files_are_looked_at_as_well(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("id,town\n1,Málaga\n2,Zürich\n".encode().decode("cp1252").encode())
    (tmp_path / "b.csv").write_bytes(b"id,town\n3,Aarhus\n4,Ri\0be\n")
    files, dialect = [tmp_path / "a.csv", tmp_path / "b.csv"], Dialect()
    garbled, nul = faults_of_parts(files, dialect, "t")
    assert (garbled.severity, Path(garbled.file).name, garbled.line) == ("warning", "a.csv", 2)
    assert "“Málaga”" in message(garbled, "en")
    assert (nul.severity, Path(nul.file).name, nul.line, nul.code) == ("error", "b.csv", 3, "nul-in-text")


@pytest.mark.thorough
def test_a_zero_byte_in_one_of_several_files_is_an_error(tmp_path: Path, run: Callable[..., Run]) -> None:
    (tmp_path / "a.csv").write_bytes(b"id,town\n1,Skive\n")
    (tmp_path / "b.csv").write_bytes(b"id,town\n4,Ri\0be\n")
    path = tmp_path / "datapackage.json"
    path.write_text('{"name": "p", "resources": [{"name": "t", "path": "a.csv", "extrapaths": ["b.csv"]}]}')
    done = run("check", path)
    assert done.status == 1
    assert "nul-in-text" in done.out
