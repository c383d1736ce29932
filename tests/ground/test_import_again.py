"""What `new` makes of tables as people have them: guesses are proposals, totals are seen, messages are right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from datagazette.intake.describe import schema_yaml
from datagazette.intake.drafts import Sources, plan_dataset
from datagazette.intake.extra_rows import settled
from datagazette.intake.notices import lines
from datagazette.intake.sheets import read_sheets
from tests.conftest import Run
from tests.ground.test_guesses import columns, planned
from tests.ground.test_guesses import said as noted
from tests.ground.workbook_files import cell, ods, row, xlsx


def test_equal_values_alone_make_no_foreign_key_but_a_proposal(
    small: Path, tmp_path: Path, run: Callable[..., Run]
) -> None:
    source = tmp_path / "sites.csv"
    source.write_text("id,amount\n001,5\n002,7\n")
    done = run("new", "sites", source, "--root", small)
    assert done.status == 0
    assert "for you to confirm: required: amount; foreignKeys: id" in done.out
    assert "→ places/places/code?" in done.out
    schema, descriptor = small / "schemas/sites.v1.yaml", small / "datasets/sites/1.0.0/datapackage.yaml"
    text, about = schema.read_text("utf-8"), descriptor.read_text("utf-8")
    assert "foreignKeys" not in yaml.safe_load(text)
    assert yaml.safe_load(text)["primaryKey"] == ["id"]
    assert "uses" not in yaml.safe_load(about)

    table = small / "datasets/sites/1.0.0/sites.csv"
    table.write_text("id,amount\n001,5\n002,7\n999,1\n")
    assert run("check", "sites", "--root", small).status == 0
    schema.write_text(text.replace("\n# foreignKeys", "\nforeignKeys"), "utf-8")
    descriptor.write_text(about.replace("\n# uses", "\nuses"), "utf-8")
    refused = run("check", "sites", "--root", small)
    assert refused.status == 1
    assert "999" in refused.out
    table.write_text("id,amount\n001,5\n002,7\n")
    assert run("check", "sites", "--root", small).status == 0


def test_a_guess_beside_a_foreign_key_that_holds_is_a_comment_in_the_list(small: Path) -> None:
    draft = planned(small, "region,year,other\n001,2023,002\n002,2023,001\n001,2024,001\n002,2024,001")
    text = schema_yaml("t.v1", draft.tables[0], ["en"])
    assert [key["fields"] for key in yaml.safe_load(text)["foreignKeys"]] == ["region"]
    assert "\n  # - {fields: other, reference: " in text
    confirmed = yaml.safe_load(text.replace("  # - {fields", "  - {fields"))
    assert [key["fields"] for key in confirmed["foreignKeys"]] == ["region", "other"]


def totalled(folder: Path, text: str, wanted: str = "") -> tuple[str, str]:
    """(what stays of a table, what is said)"""
    path = folder / "t.csv"
    path.write_text(text, "utf-8")
    left = settled(read_sheets(path)[0], wanted)
    kept = "".join(",".join(row) + "\n" for row in (left.labels, *left.rows))
    return kept, "\n".join(lines(left.notices, "en"))


WORDS = [
    "합계", "計", "Σ", "全国", "Razem", "Toplam", "Celkem", "Yhteensä", "Общо", "المجموع", "รวม", "Tổng cộng",
    "Ensemble", "All wards", "Total (all wards)", "全市合计", "**TOTAL**", "Total ¹", "Wards total", "Anything", "",
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_last_row_of_sums_is_a_total_whatever_its_word(word: str, tmp_path: Path) -> None:
    data = "ward,trees,benches\nN,3,1\nS,5,2\nW,7,5\n"
    kept, said = totalled(tmp_path, f"{data}{word},15,8\n")
    assert kept == data
    assert f"--total keep imports it: line 5 “{word} | 15 | 8”" in said
    assert totalled(tmp_path, f"{data}{word},15,8\n", "keep")[0] == f"{data}{word},15,8\n"


@pytest.mark.parametrize(
    "text",
    [
        "id,ward,trees\n1,N,3\n2,S,5\n3,Total,8\n",
        "id,ward,trees\n1,N,3\n2,S,5\n3,W,6\n4,Total,14\n",
        "year,country,gdp\n2020,AT,1\n2020,DE,2\n2020,Total,3\n",
        "code,ward,trees\nW1,N,3\nW2,S,5\nW0,Total,8\n",
        "ward,pc\nN,40%\nS,60%\nTotal,100%\n",
        "ward,pc\nN,33 %\nS,33 %\nW,33 %\nTotal,100 %\n",
        "ward,cost\nN,£1.50\nS,£2.25\nTotal,£3.75\n",
        "ward,trees\nN,٣\nS,٥\nTotal,٨\n",
        'ward,change\nN,−3\nS,"5"\nTotal,2\n',
        "ward,trees\nN,3\nS,5\nAll wards,8\n",
    ],
)
def test_a_total_is_found_in_every_column_and_form_of_number(text: str, tmp_path: Path) -> None:
    kept, said = totalled(tmp_path, text)
    assert "left out" in said
    assert kept.count("\n") == text.count("\n") - 1


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("ward,trees\nN,3\nS,5\nW,8\n", ""),
        ("year,a,b\n2020,3,1\n2021,5,2\n2022,7,5\n2023,15,8\n", ""),
        ("day,a,b\n2020-01-01,3,1\n2020-01-02,5,2\n2020-01-03,7,5\n2020-01-04,15,8\n", ""),
        ("ward,a,b\nN,1,10\nS,2,20\nW,3,30\nE,6,60\n", ""),
        ("church,seats\nSt Mary,30\nSt John,50\nAll Saints,90\n", ""),
        ("ward,trees,benches\nN,3,1\nS,5,4\nE,8,5\n", "rows that may be totals of others are kept"),
        ("firm,staff\nShell,30\nBP,50\nTotal Energies,70\n", "rows that may be totals of others are kept"),
        ("sex,area,n\nMale,N,3\nFemale,N,5\nMale,S,4\nFemale,Total,9\n", "rows that may be totals"),
        ("area,n\nA,3\nB,5\nTotal north,8\nC,1\n", "rows that may be totals of others are kept"),
    ],
)
def test_a_row_that_adds_up_by_chance_stays(text: str, note: str, tmp_path: Path) -> None:
    kept, said = totalled(tmp_path, text)
    assert kept == text
    assert ("total" in said) == bool(note)
    assert note in said


SUBTOTALS = "area,site,n\nNorth,A,1\nNorth,B,2\nNorth,,3\nSouth,C,4\nSouth,D,5\nSouth,,9\n,,12\n"


def test_subtotals_within_a_table_are_named_and_left_out_where_a_person_says_so(tmp_path: Path) -> None:
    kept, said = totalled(tmp_path, SUBTOTALS)
    assert kept == SUBTOTALS
    assert "rows that may be totals of others are kept" in said
    assert "line 4 “North |  | 3”, line 7 “South |  | 9”, line 8 “ |  | 12”" in said
    left = "area,site,n\nNorth,A,1\nNorth,B,2\nSouth,C,4\nSouth,D,5\n"
    assert totalled(tmp_path, SUBTOTALS, "drop")[0] == left
    chance = SUBTOTALS.replace("North,,3", "North,,4")
    assert totalled(tmp_path, chance) == (chance, "")


def test_a_sheet_of_notes_is_left_out_or_has_another_name_than_the_file_of_notes(small: Path) -> None:
    def noted(remarks: str) -> tuple[list[str], str]:
        rows = [["ward", "trees"], ["N", 3], ["S", 5]]
        path = xlsx(small.parent / "book.xlsx", rows, lambda book, _: [
            book.worksheets()[-1].write_column(0, 0, remarks.split("/")) for _ in [book.add_worksheet("Notes")]
        ])  # fmt: skip
        draft = plan_dataset(Sources(small, "book", (path,)))
        notices = [part for sheet in draft.sheets for part in sheet.notices]
        return [table.path for table in draft.tables], "\n".join(
            lines([*notices, *(part for table in draft.tables for part in table.notices)], "en")
        )

    paths, said = noted("Only a remark")
    assert paths == ["book.csv"]
    assert "no rows are left out; --sheet NAME imports one: “Notes: Only a remark”" in said
    paths, said = noted("Remark/Counted in May/Without parks")
    assert paths == ["sites.csv", "notes-table.csv"]
    assert "the table of “Notes” is named notes-table, since notes.csv holds notes on cells" in said


def test_headings_are_translated_as_what_they_say(small: Path) -> None:
    draft = planned(small, "城市,街道,时长,次数,增长率\n北京,甲,1,2,3\n上海,乙,2,3,4")
    titles = [column.named.titles["en"] for column in draft.tables[0].columns]
    assert titles == ["City", "Subdistrict", "Duration", "Number of times", "Growth rate"]
    assert draft.tables[0].columns[0].name == "city"


def test_codes_of_countries_are_no_truth_values_and_no_advice_says_so(small: Path) -> None:
    for table in ("country,code,n\nNamibia,NA,1\nNorway,NO,2\nKenya,KE,3", "n,country\n1,NA\n2,NO\n3,NO"):
        draft = planned(small, table)
        assert {column.type for name, column in columns(draft).items() if name != "n"} == {"string"}
        assert noted(draft) == []
    assert "the others are of the type boolean" in noted(planned(small, "n,open\n1,yes\n2,no\n3,yes\n4,perhaps"))[0]


def test_what_a_workbook_does_not_show_is_named(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        forms = [
            book.add_format({"num_format": code}) for code in (";;;", "0;-0;;@", "yyyy-mm", "yyyy-mm-dd", "mmm-yy")
        ]
        for column, (value, form) in enumerate(zip((7, 0, 45306, 45306, 45306), forms, strict=True), 1):
            sheet.write(1, column, value, form)
            sheet.write(2, column, value, form)
        sheet.write(1, 6, "secret", forms[0])
        sheet.write_comment("A2", "Closed in May")

    path = xlsx(tmp_path / "book.xlsx", [["ward", *"abcdef"], ["N"], ["S"]], change)
    read = read_sheets(path)[0]
    assert read.rows[0] == ("N", "7", "0", "2024-01-15", "2024-01-15", "2024-01-15", "secret")
    said = "\n".join(lines(read.notices, "en"))
    assert "which will be public" in said
    assert "the first cell of each column: B2 “7”; C2 “0”; G2" in said.replace(", C2", "; C2").replace(", G2", "; G2")
    assert "are imported as days; if the day means nothing" in said
    assert "D2" in said
    assert "F2" in said
    assert "E2" not in said
    assert "comments on cells are left out" in said
    assert "notes.csv: A2" in said


def test_what_an_open_document_does_not_show_is_named(tmp_path: Path) -> None:
    hidden = '<table:table-cell office:value-type="float" office:value="7"/>'
    day = cell("2024-01", "date", 'office:date-value="2024-01-15"')
    full = cell("15 January 2024", "date", 'office:date-value="2024-01-15"')
    remark = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>Closed</text:p></office:annotation>'
        "<text:p>N</text:p></table:table-cell>"
    )
    path = ods(tmp_path / "book.ods", row("ward", "a", "b", "c") + row(remark, hidden, day, full))
    said = "\n".join(lines(read_sheets(path)[0].notices, "en"))
    assert "which will be public; delete those that must not be; the first cell of each column: B2 “7”" in said
    assert "the first cell of each column: C2 “2024-01”" in said
    assert "D2" not in said
    assert "notes.csv: A2" in said
