"""Personal data in a real publication: seen by `check`, `add`, `diff` and `build`, declared, and never printed.

The people are placeholders of the Chinese language and were born in 1900; the telephone numbers are those of examples.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import xlsxwriter

from tests.conftest import Run, call_build, read_catalog

NAMES = ("张三", "李四", "王五", "赵六", "孙七", "周八")
PHONES = tuple(f"1380013800{digit}" for digit in range(6))
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident(number: int) -> str:
    """An identity number of a person who would be more than 120 years old."""
    body = f"11010119000101{number:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


CARDS = tuple(map(resident, range(1, 7)))
SECRET = (*NAMES, *PHONES, *CARDS)
FIELDS = """\
fields:
  - {name: id, type: integer, title: 编号, title@en: Number}
  - {name: person, type: string, title: 姓名, title@en: Name}
  - {name: card, type: string, title: 身份证号, title@en: Identity number}
  - {name: phone, type: string, title: 手机, title@en: Mobile telephone}
  - {name: amount, type: integer, title: 金额, title@en: Amount}
primaryKey: id
"""
DESCRIPTOR = """\
name: aid
version: 1.0.0
title: 补助
title@en: Aid
description: 测试用的名单。
description@en: A list for tests.
languages: [zh, en]
themes: [people]
sources: [{title: 登记簿, title@en: Register}]
resources:
  - {name: aid, path: aid.csv, title: 名单, title@en: List, schema: aid.v1}
"""
DECLARED = """\
personal:
  - {field: person, reason: 法律要求公示。, reason@en: The law asks for it.}
  - {field: card, reason: 法律要求公示。, reason@en: The law asks for it.}
  - {field: phone, resource: aid, reason: 本人同意。, reason@en: They agreed to it.}
"""


def rows() -> list[list[str]]:
    return [[str(number), name, card, phone, str(100 * number)]
            for number, (name, card, phone) in enumerate(zip(NAMES, CARDS, PHONES, strict=True), 1)]  # fmt: skip


def draft(root: Path, descriptor: str = DESCRIPTOR, table: list[list[str]] | None = None) -> Path:
    """The small publication with a draft of a list of people."""
    folder = root / "datasets/aid/1.0.0"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "datapackage.yaml").write_text(descriptor, "utf-8")
    (root / "schemas/aid.v1.yaml").write_text(FIELDS, "utf-8")
    lines = [["id", "person", "card", "phone", "amount"], *(rows() if table is None else table)]
    (folder / "aid.csv").write_text("".join(",".join(line) + "\n" for line in lines), "utf-8")
    return root


def said(run: Run) -> str:
    return run.out + run.err


def holds_none(text: str) -> bool:
    return not any(secret in text for secret in SECRET)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_columns_of_a_draft_are_errors_that_name_the_place_and_not_the_value(small: Path, language: str) -> None:
    found = call_build("check", "aid", "--root", draft(small), language=language)
    assert found.status == 1
    words = {"en": ("identity numbers", "mobile telephone", "names of people", "rows 2, 3, 4", "138****1234"),
             "zh": ("身份号码", "手机号码", "姓名", "第 2, 3, 4", "138****1234")}[language]  # fmt: skip
    for word in ("aid.csv", *words):
        assert word in said(found)
    assert holds_none(said(found))


@pytest.mark.thorough
@pytest.mark.parametrize("form", ["json", "github", "gitlab", "sarif"])
def test_no_report_has_the_value(small: Path, form: str) -> None:
    table = rows()
    table[2][4] = "many"  # a fault in the row of a person, which reports show as a whole
    table[3][0] = "3"  # and a key that is there twice
    found = call_build("check", "aid", "--root", draft(small, table=table), "--format", form)
    assert found.status == 1
    assert "personal-data" in said(found)
    assert holds_none(said(found))


@pytest.mark.thorough
def test_a_fault_in_such_a_column_does_not_show_its_cells(small: Path) -> None:
    root = draft(small)
    schema = root / "schemas/aid.v1.yaml"
    schema.write_text(
        schema.read_text("utf-8").replace(
            "手机, title@en: Mobile telephone", "手机, title@en: Mobile telephone, constraints: {maxLength: 3}"
        ),
        "utf-8",
    )
    found = call_build("check", "aid", "--root", root)
    assert "constraint-error" in said(found)
    assert "phone" in said(found)
    assert holds_none(said(found))


@pytest.mark.thorough
def test_a_file_without_a_header_does_not_show_its_first_row(small: Path) -> None:
    root = draft(small)
    path = root / "datasets/aid/1.0.0/aid.csv"
    path.write_text(path.read_text("utf-8").partition("\n")[2], "utf-8")
    found = call_build("check", "aid", "--root", root, "--format", "json")
    assert found.status == 1
    assert not any(secret in said(found) for secret in (*CARDS, *PHONES))


@pytest.mark.thorough
def test_declared_fields_pass_and_readers_see_the_reason(small: Path, tmp_path: Path) -> None:
    root = draft(small, DESCRIPTOR + DECLARED)
    found = call_build("check", "aid", "--root", root)
    assert found.status == 0, said(found)
    assert "personal" not in said(found)
    assert call_build("release", "aid", "--root", root, "--changes", "首次发布", "--changes-en", "First").status == 0
    built = call_build("build", "--root", root)
    assert built.status == 0, said(built)
    for page, word, where in (
        ("datasets/aid/index.html", "法律要求公示。", "身份证号"),
        ("en/datasets/aid/index.html", "The law asks for it.", "Identity number"),
    ):
        text = (root / "public" / page).read_text("utf-8")
        assert word in text
        assert where in text
    package = json.loads((root / "public/data/aid/1.0.0/datapackage.json").read_text("utf-8"))
    assert package["personal"][2] == {
        "field": "phone", "resource": "aid", "reason": "本人同意。", "reason@en": "They agreed to it.",
    }  # fmt: skip


@pytest.mark.thorough
def test_a_build_with_such_a_draft_publishes_nothing_of_it(small: Path) -> None:
    found = call_build("build", "--root", draft(small))
    assert found.status == 1
    assert "personal-data" in said(found)
    assert holds_none(said(found))
    assert not (small / "public").exists()


@pytest.mark.thorough
def test_a_declaration_needs_a_reason_and_a_field_that_is_there(small: Path) -> None:
    root = draft(
        small,
        DESCRIPTOR + "personal: [{field: phon, reason: x, reason@en: x}, {reason: x, reason@en: x}, {field: card}]\n",
    )
    found = call_build("check", "aid", "--root", root)
    for word in ("personal-unknown", "phone", "personal-place", "missing-key"):
        assert word in said(found)


def test_masked_cells_are_nothing_to_report(small: Path) -> None:
    table = [[number, f"{name[0]}*", f"{card[:6]}********{card[-4:]}", f"{phone[:3]}****{phone[-4:]}", amount]
             for number, name, card, phone, amount in rows()]  # fmt: skip
    found = call_build("check", "aid", "--root", draft(small, table=table))
    assert found.status == 0, said(found)
    assert "personal" not in said(found)


@pytest.mark.thorough
def test_a_release_gets_a_warning_and_a_later_declaration_ends_it(small: Path) -> None:
    """The release is from before personal data were looked for: its descriptor declares nothing."""
    root, folder = draft(small, DESCRIPTOR + DECLARED), small / "datasets/aid/1.0.0"
    changes = ("--changes", "首次发布", "--changes-en", "First")
    assert call_build("release", "aid", "--root", root, *changes).status == 0
    (folder / "datapackage.yaml").write_text(DESCRIPTOR, "utf-8")
    ledger = root / "datasets/aid/releases.yaml"
    kept = hashlib.sha256(DESCRIPTOR.encode()).hexdigest()
    was = hashlib.sha256((DESCRIPTOR + DECLARED).encode()).hexdigest()
    assert was in ledger.read_text("utf-8")
    ledger.write_text(ledger.read_text("utf-8").replace(was, kept), "utf-8")
    found = call_build("check", "aid", "--root", root)
    assert found.status == 0, said(found)
    assert "warning personal-data" in said(found)
    assert holds_none(said(found))
    later = shutil.copytree(folder, folder.parent / "1.0.1")
    text = (DESCRIPTOR + DECLARED).replace("version: 1.0.0", "version: 1.0.1")
    (later / "datapackage.yaml").write_text(text, "utf-8")
    assert "personal-data" not in said(call_build("check", "aid", "--root", root))


def test_notes_descriptions_and_pages_are_read(small: Path) -> None:
    root = draft(
        small,
        DESCRIPTOR.replace("测试用的名单。", f"询问请拨打手机 {PHONES[0]}。"),
        [[*rows()[0][:1], "", "", "", "5"]],
    )
    (root / "datasets/aid/1.0.0/notes.csv").write_text(
        f"resource,key,field,kind,note,note@en\naid,1,amount,estimate,身份证 {CARDS[0]},Card\n", "utf-8"
    )
    page = root / "site/pages/zh/help.md"
    page.parent.mkdir(parents=True)
    page.write_text(f"# 帮助\n\n联系人手机：{PHONES[1]}\n", "utf-8")
    found = call_build("check", "--root", root)
    assert found.status == 1
    for word in ("datapackage.yaml", "notes.csv", "help.md", "personal-text", "personal-page"):
        assert word in said(found)
    assert holds_none(said(found))


@pytest.mark.thorough
def test_the_parts_of_a_descriptor_and_pages_can_be_declared(small: Path) -> None:
    said_why = "personal: [{part: description, reason: 热线。, reason@en: A hotline.}]\n"
    text = DESCRIPTOR.replace("测试用的名单。", f"询问请拨打手机 {PHONES[0]}。")
    root = draft(small, text + said_why, [[*rows()[0][:1], "", "", "", "5"]])
    page = root / "site/pages/zh/help.md"
    page.parent.mkdir(parents=True)
    page.write_text(f"# 帮助\n\n联系人手机：{PHONES[1]}\n", "utf-8")
    catalog = root / "datasets/catalog.yaml"
    catalog.write_text(
        catalog.read_text("utf-8") + "personal: [{page: help, reason: 值班, reason@en: On duty}]\n", "utf-8"
    )
    found = call_build("check", "--root", root)
    assert found.status == 0, said(found)
    assert "personal" not in said(found)
    assert read_catalog(root)["personal"]


@pytest.mark.thorough
def test_the_result_of_a_query_is_read(small: Path) -> None:
    summary = """\
summaries:
  - name: numbers
    title: 号码
    title@en: Numbers
    query: numbers.sql
    fields:
      - {name: tel, type: string, title: 手机, title@en: Mobile}
"""
    declared = "personal: [{field: phone, reason: 同意, reason@en: Agreed}, {field: person, reason: 同意, reason@en: Agreed}, {field: card, reason: 同意, reason@en: Agreed}]\n"
    root = draft(small, DESCRIPTOR + summary + declared)
    (root / "datasets/aid/1.0.0/numbers.sql").write_text("SELECT phone AS tel FROM aid ORDER BY id", "utf-8")
    found = call_build("check", "aid", "--root", root)
    assert found.status == 1
    assert "numbers.sql" in said(found)
    assert "personal-data" in said(found)
    assert holds_none(said(found))


@pytest.mark.thorough
def test_a_comparison_shows_no_cell_of_such_a_table(small: Path) -> None:
    root = draft(small, DESCRIPTOR + DECLARED)
    base = root.parent / "base"
    shutil.copytree(root, base)
    table = rows()
    table[1][3] = "138****8001"
    draft(root, DESCRIPTOR, table)
    (base / "datasets/aid/1.0.0/datapackage.yaml").write_text(DESCRIPTOR, "utf-8")
    for form in ("text", "json", "html", "markdown"):
        found = call_build("diff", "--root", root, "--base", base, "--format", form)
        assert holds_none(said(found)), form


@pytest.mark.thorough
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_workbook_is_read_before_it_is_converted(small: Path, tmp_path: Path, language: str) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("名单")
        for at, line in enumerate((["编号", "姓名", "身份证号", "手机", "金额"], *rows())):
            sheet.write_row(at, 0, line)
    found = call_build("add", path, "--root", small, "--yes", "--name", "aid", "--title", "补助", language=language)
    assert {"en": "must not become public", "zh": "不得公开"}[language] in " ".join(said(found).split())
    assert holds_none(said(found))


@pytest.mark.thorough
@pytest.mark.parametrize("language", ["en", "zh"])
def test_new_data_of_a_draft_are_read_before_they_are_converted(small: Path, tmp_path: Path, language: str) -> None:
    masked = [[number, f"{name[0]}*", f"{card[:6]}********{card[-4:]}", f"{phone[:3]}****{phone[-4:]}", amount]
              for number, name, card, phone, amount in rows()]  # fmt: skip
    root, path = draft(small, table=masked), tmp_path / "aid.csv"
    lines = [["id", "person", "card", "phone", "amount"], *rows(), ["7", "张三", resident(7), PHONES[0], "many"]]
    path.write_text("".join(",".join(line) + "\n" for line in lines), "utf-8")
    found = call_build("revise", "aid", "--root", root, "--data", path, language=language)
    assert found.status == 1
    assert {"en": "must not become public", "zh": "不得公开"}[language] in " ".join(said(found).split())
    assert "personal-data" in said(found)
    assert holds_none(said(found))


def test_a_file_from_elsewhere_gets_warnings(tmp_path: Path) -> None:
    (tmp_path / "schema.yaml").write_text(FIELDS, "utf-8")
    path = tmp_path / "aid.csv"
    path.write_text("id,person,card,phone,amount\n" + "".join(",".join(line) + "\n" for line in rows()), "utf-8")
    for form in ("text", "json"):
        found = call_build("check", path, "--schema", tmp_path / "schema.yaml", "--format", form)
        assert found.status == 0
        assert "mobile telephone" in said(found)
        assert holds_none(said(found))


@pytest.mark.thorough
def test_a_workbook_that_has_rounded_its_numbers_is_seen_by_its_heading(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, ["编号", "身份证号"])
        for at, card in enumerate(CARDS, 1):
            sheet.write_row(at, 0, [at, int(card.replace("X", "0"))])  # fifteen digits are left of them
    found = call_build("add", path, "--root", small, "--yes", "--name", "aid", "--title", "补助")
    assert "must not become public" in " ".join(said(found).split())


def test_published_contact_points_are_nothing_to_report(small: Path) -> None:
    offices = [["1", "石桥镇人民政府", "010-62345678", "info@shiqiao.example.org", "3"],
               ["2", "东湖街道办事处", "400-123-4567", "office@donghu.example.org", "4"],
               ["3", "青山村卫生院", "0571-87654321", "bgs@qingshan.example.org", "5"]]  # fmt: skip
    root = draft(small, table=offices)
    schema = root / "schemas/aid.v1.yaml"
    text = schema.read_text("utf-8").replace("姓名", "单位").replace("Name", "Office").replace("身份证号", "电话")
    schema.write_text(
        text.replace("Identity number", "Telephone").replace("手机", "邮箱").replace("Mobile telephone", "E-mail"),
        "utf-8",
    )
    found = call_build("check", "aid", "--root", root)
    assert found.status == 0, said(found)
    assert "personal" not in said(found)
