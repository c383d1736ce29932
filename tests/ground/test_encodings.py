"""The encoding of a file that is not Unicode: recognised where it is certain, else a question with samples."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel import Locale

from datagazette.intake.notices import lines
from datagazette.intake.readings import certain, foreign_words, readings
from datagazette.intake.sheets import Sheet, read_sheets
from datagazette.model.errors import UsageError
from tests.conftest import call_build
from tests.ground.drafts import drafted

WEST = "town,region,n\nMálaga,Île,12\nZürich,Åland,7\n"
RUSSIAN = "город,жителей\nМосква,12\nТверь,3\nОрёл,4\n"
JAPANESE = "図書館名,町名,席数\n中央館,本町一丁目,120\n北館,緑町,45\n"
CHINESE = "地区,年份,志愿服务时数,人数\n东城区,2023,1200,12\n西城区,2023,80,7\n"
KOREAN = "지역,인구\n서울,12\n부산,4\n대전,3\n"
TOWNS = "k,town\n1,Málaga\n2,Zürich\n"
FIELDS = {"k": "string", "town": "string"}


def read(folder: Path, content: bytes, encoding: str | None = None) -> Sheet:
    path = folder / "t.csv"
    path.write_bytes(content)
    (sheet,) = read_sheets(path, encoding)
    return sheet


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (JAPANESE, "cp932"), (JAPANESE.replace("館", "のにわ"), "euc-jp"), (CHINESE, "gb18030"), (KOREAN, "cp949"),
        (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"),
        ("name,ort\nKöln,Süd\nMünchen,Straße\nGöttingen,Bäche\n", "cp1252"),
        ("nazwa,n\nŁódź,1\nŚródmieście,2\nżółty,3\n", "cp1250"),
        ("縣市,人口\n臺北市,12\n高雄市,4\n", "big5hkscs"),
    ],
    ids=lambda value: value if len(value) < 10 else "",
)  # fmt: skip
def test_an_encoding_that_is_certain_is_recognised_and_named_with_samples(
    text: str, encoding: str, tmp_path: Path
) -> None:
    sheet = read(tmp_path, text.encode(encoding))
    assert [list(sheet.labels), *map(list, sheet.rows)] == [line.split(",") for line in text.splitlines()]
    (said,) = lines(sheet.notices, "en")
    assert f"recognised as {encoding} by its letters" in said
    assert next(word for word in text.replace("\n", ",").split(",") if not word.isascii()) in said


@pytest.mark.parametrize("amount", ["£{},502.50", "-£{}", "€{}", "{}€"])
def test_amounts_of_money_are_no_words_in_another_script(amount: str, tmp_path: Path) -> None:
    amounts = [amount.format(number) for number in range(11, 19)]
    text = "payment;amount\n" + "".join(f"P{number};{each}\n" for number, each in enumerate(amounts))
    assert [row[1] for row in read(tmp_path, text.encode("cp1252")).rows] == amounts


@pytest.mark.parametrize(
    ("text", "encoding", "right"),
    [
        (WEST, "mac-roman", "--encoding mac-roman (Western European, old Macs): “Málaga”, “Île”"),
        (WEST, "cp850", "--encoding cp850 (Western European, DOS): “Málaga”, “Île”"),
        ("a,b\nå,1\n", "cp1252", "--encoding cp1252 (Western European, Windows): “å”"),
        ("館,n\n町,2\n", "euc-jp", "--encoding euc-jp (Japanese, EUC-JP): “館”, “町”"),
    ],
)
def test_an_encoding_that_is_not_certain_is_a_question_with_samples(
    text: str, encoding: str, right: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as refused:
        read(tmp_path, text.encode(encoding))
    said = str(refused.value)
    assert "its encoding is not certain" in said
    assert right in said
    assert said.count("\n  --encoding ") == refused.value.text("zh").count("\n  --encoding ") > 1
    assert read(tmp_path, text.encode(encoding), encoding).labels == tuple(text.splitlines()[0].split(","))


def test_lines_that_break_an_otherwise_sound_encoding_are_named(tmp_path: Path) -> None:
    content = CHINESE.encode() + "Málaga,2023,1,1\n".encode("cp1252")
    with pytest.raises(UsageError, match=r"in UTF-8 but for some bytes: line 4 “M\\xe1laga,2023") as refused:
        read(tmp_path, content)
    assert "大部分是 UTF-8" in refused.value.text("zh")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_a_form_of_unicode_is_recognised_without_a_line(encoding: str, tmp_path: Path) -> None:
    sheet = read(tmp_path, WEST.encode(encoding))
    assert (sheet.labels, sheet.rows[0]) == (("town", "region", "n"), ("Málaga", "Île", "12"))
    assert lines(sheet.notices, "en") == []


def test_a_long_word_or_a_late_byte_decides_as_well(tmp_path: Path) -> None:
    text = f"k,v\n1,{'x' * 1_200_000}\n2,Größe\n3,Straße\n4,Bäche\n5,Würfel\n"
    assert read(tmp_path, text.encode("cp1252")).rows[-1][1] == "Würfel"
    assert len(read(tmp_path, f"k,v\n1,{'志愿服务时数' * 100_000}\n".encode("gb18030")).rows[0][1]) == 600_000


def test_an_encoding_that_is_named_and_does_not_fit_is_refused_with_the_line(tmp_path: Path) -> None:
    content = "a,b\n1,2\nMálaga,1\n".encode("cp1252")
    with pytest.raises(UsageError, match=r"not in the encoding utf-8.*line 3 “M\\xe1laga,1”"):
        read(tmp_path, content, "utf-8")
    with pytest.raises(UsageError, match="not in the encoding utf-16"):
        read(tmp_path, content, "utf-16")
    for name in ("nope", "hex"):
        with pytest.raises(UsageError, match=f"no encoding called {name}"):
            read(tmp_path, content, name)


@pytest.mark.parametrize(("name", "text", "encoding"), [
    ("latin-1", "a\n1990–1999\n", "cp1252"), ("gb2312", "a\n朱镕基\n", "gbk"), ("shift_jis", "a\n①髙橋\n", "cp932"),
])  # fmt: skip
def test_the_name_of_a_smaller_encoding_reads_what_programs_write_under_it(
    name: str, text: str, encoding: str, tmp_path: Path
) -> None:
    assert read(tmp_path, text.encode(encoding), name).rows[0][0] == text.splitlines()[1]


@pytest.mark.sample(1)
@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman", "cp850"])
def test_the_texts_of_the_released_version_decide_the_encoding(encoding: str, tmp_path: Path) -> None:
    root = drafted(tmp_path / "p", TOWNS, TOWNS, FIELDS)
    file = tmp_path / "t.csv"
    file.write_bytes(TOWNS.encode(encoding))
    done = call_build("revise", "t", "--data", file, "--root", root)
    assert done.status == 0, done.said
    assert "changed 0" in done.out
    assert f"recognised as {encoding}" in done.out
    assert (root / "datasets/t/1.1.0/t.csv").read_text("utf-8") == TOWNS


# Encodings by the languages that programs write in them.
WRITTEN = {
    "de fr es pt it nl sv da fi nb is ca": ("cp1252", "mac-roman", "cp850"),
    "pl cs sk hu ro hr sl": ("cp1250", "iso8859-2", "cp852"),
    "ru bg sr": ("cp1251", "cp866", "koi8-r", "mac-cyrillic", "iso8859-5"),
    "el": ("cp1253", "iso8859-7"), "tr": ("cp1254",), "he": ("cp1255",), "ar fa": ("cp1256",), "lt lv et": ("cp1257",),
    "th": ("cp874",), "zh": ("gb18030",), "zh_Hant": ("big5hkscs",), "ja": ("cp932", "euc-jp"), "ko": ("cp949",),
}  # fmt: skip


def names_of_places(language: str, encoding: str) -> list[str]:
    """Names of countries as Unicode's CLDR has them, as far as the encoding has their letters."""
    listed = Locale.parse(language).territories.values()
    return [name for name in listed if not name.isascii() and name.encode(encoding, "ignore").decode(encoding) == name]


@pytest.mark.thorough
def test_short_lists_of_places_are_read_rightly_or_are_a_question(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    accepted = total = 0
    for languages, encodings in WRITTEN.items():
        for language in languages.split():
            for encoding in encodings:
                names = names_of_places(language, encoding)
                for start in range(0, min(len(names), 24) - 6, 6):
                    path.write_bytes("\n".join(["name", *names[start : start + 6]]).encode(encoding))
                    words = foreign_words(path)
                    best = certain(readings(words))
                    total += 1
                    if best:
                        accepted += 1
                        assert best.texts == tuple(word.decode(encoding) for word in words.words), (language, encoding)
    assert accepted * 3 > total * 2
