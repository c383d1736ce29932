"""What `new` makes of tables as people have them: guesses are proposals, totals are seen, messages are right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from datagazette.intake.describe import schema_yaml
from datagazette.intake.extra_rows import settled
from datagazette.intake.notices import lines
from datagazette.intake.sheets import read_sheets
from tests.conftest import Run
from tests.ground.test_guesses import planned


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
        ("ward,trees,benches\nN,3,1\nS,5,4\nE,8,5\n", "a row that may be a total of the others is kept"),
        ("firm,staff\nShell,30\nBP,50\nTotal Energies,70\n", "a row that may be a total of the others is kept"),
        ("sex,area,n\nMale,N,3\nFemale,N,5\nMale,S,4\nFemale,Total,9\n", "a row that may be a total"),
        ("area,n\nA,3\nB,5\nTotal north,8\nC,1\n", "rows that are called a total are kept"),
    ],
)
def test_a_row_that_adds_up_by_chance_stays(text: str, note: str, tmp_path: Path) -> None:
    kept, said = totalled(tmp_path, text)
    assert kept == text
    assert ("total" in said) == bool(note)
    assert note in said
