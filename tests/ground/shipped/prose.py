"""Sentences with figures that the publisher wrote, in digits or as words: each is counted again in the tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import lxml.html

from tests.ground.shipped.comparing import Comparison
from tests.ground.shipped.figures import Wanted, figures, plain
from tests.ground.shipped.selecting import select
from tests.ground.shipped.tables import Release, newest

FOLDERS = {"zh": "", "en": "en/"}
WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6,
}  # fmt: skip
# Of texts that are authored as pages; what else they name is a licence, a standard or the name of a hash.
AUTHORED = ("about", "cite", "contribute")
NAMED = {"4.0", "7714", "256", "SHA256SUMS", "sha256sum"}


def _value(dataset: str, table: str, fact: str) -> Decimal:
    return Decimal(next(row["value"] for row in newest()[dataset].rows(table) if row["fact"] == fact))


def _workforce(fact: str) -> Decimal:
    return _value("social-work-workforce", "workforce", fact)


def _rows(dataset: str, table: str, **values: str) -> Decimal:
    rows = newest()[dataset].rows(table)
    return Decimal(sum(all(row[name] == value for name, value in values.items()) for row in rows))


def _shares() -> tuple[Decimal, ...]:
    row = newest()["ningxia-certified-workers"].summary_rows("certified-share")[0]
    return tuple(value for value in (row["printed"], row["computed"]) if isinstance(value, Decimal))


def _units(*units: str) -> tuple[Decimal, ...]:
    rows = Release("ningxia-certified-workers", "1.0.0").rows("certified")
    return tuple(Decimal(sum(row["unit"] == unit for row in rows)) for unit in units)


def _day(dataset: str) -> str:
    return str(newest()[dataset].described["temporal"])


def _as_of() -> str:
    return next(row["as_of"] for row in newest()["social-work-workforce"].rows("workforce") if row["fact"] == "B05")


def _period() -> tuple[str, ...]:
    (row,) = newest()["policy-milestones"].rows("targets")
    return row["period_start"], row["period_end"]


def _exam() -> tuple[Decimal, Decimal]:
    registered = _value("social-work-workforce", "exam", "B03")
    return registered / 10_000, registered


Answer = Callable[[], tuple[Wanted, ...]]
ARTICLES: Answer = lambda: (_rows("sources", "sources", kind="newspaper-article"),)  # noqa: E731
# The page, the sentence in Chinese and in English, and what is in its brackets according to the tables.
CLAIMS: tuple[tuple[str, str, str, Answer], ...] = (
    ("about", r"登了(.)篇关于", r"one page to (\w+) articles", ARTICLES),
    ("datasets/sources", r"报纸上的(.)篇文章", r"There are (\w+) articles on one page", ARTICLES),
    ("about", r"([\d.]+) 万记作 ([\d,]+)", r"([\d.]+) of them becomes ([\d,]+)", _exam),
    ("about", r"“(66) 万余人”", r"“over ([\d,]+)”", lambda: (_workforce("B05"),)),
    ("about", r"“超过 ([\d.]+ 万)家”", r"“more than ([\d,]+)”", lambda: (_workforce("B07"),)),
    ("about", r"“(66) 万人持证”和", r"“([\d,]+) people hold", lambda: (_workforce("B05"),)),
    ("about", r"不少于 (66) 万人持证", r"“at least ([\d,]+) do”", lambda: (_workforce("B05"),)),
    ("about", r"社区工作者占 ([\d.]+)%.*得 ([\d.]+)%", r"make up ([\d.]+) %.*give ([\d.]+) %", _shares),
    ("about", r"(2023 年 6 月)的统计用区划", r"division codes of (\w+ \d+)",
     lambda: (_day("administrative-divisions")[:7],)),
    ("about", r"^.*?(2021 年 11 月)，一家报纸", r"In (\w+ \d+) a Chinese newspaper",
     lambda: (_day("ningxia-certified-workers"),)),
    ("about", r"区划代码是 (\d+) 年的，其余数字是 (\d+) 年", r"divisions are of (\d+) and the other figures of (\d+)",
     lambda: (_day("administrative-divisions")[:4], _day("social-work-workforce"))),
    ("cite", r"截至 ([\d 年月日]+)，全国已有不少于 (66 万)人.*，([\d.]+) 版",
     r"By ([\w ]+) at least ([\d,]+) people .* release ([\d.]+)\)",
     lambda: (_as_of(), _workforce("B05"), newest()["social-work-workforce"].version)),
    ("datasets/administrative-divisions", r"只含 (\d+) 个省级地区", r"has the (\d+) province-level divisions",
     lambda: (_rows("administrative-divisions", "provinces"),)),
    ("datasets/administrative-divisions", r"截至 ([\d 年月日]+)的省", r"as of (\d+ \w+ \d+), published",
     lambda: (_day("administrative-divisions"),)),
    ("datasets/policy-milestones", r"秋天的(.)个日期.*和(.)个更早提出的目标",
     r"(\w+) dates in the autumn.* and (\w+) earlier target",
     lambda: (_rows("policy-milestones", "milestones"), _rows("policy-milestones", "targets"))),
    ("datasets/policy-milestones", "", r"the plan for (\d+)–(\d+) basically", _period),
    ("datasets/ningxia-allowances", r"是(.)个职业资格等级的月津贴", r"for the (\w+) grades of qualification",
     lambda: (_rows("ningxia-allowances", "allowances"),)),
    ("datasets/fields-of-practice", r"(.)份清单按原文", r"named in November 2021, in (\w+) lists",
     lambda: (Decimal(len({row["list"] for row in newest()["fields-of-practice"].rows("fields")})),)),
    ("datasets/dongguan-tongren-pairing/summaries/pairing-coverage", r"松山湖等(.)个功能区", "",
     lambda: (_rows("administrative-divisions", "townships", prefecture_code="4419", kind="other"),)),
    ("datasets/township-stations/summaries/station-coverage", r"给出(.)种分母", r"(\w+) denominators are given",
     lambda: (Decimal(len(newest()["township-stations"].summary_rows("station-coverage"))),)),
    ("changes", r"录入(.)个人数和(.)个比例", r"(\w+) counts and (\w+) share", lambda: _units("persons", "percent")),
    ("changes", r"和(.)项检查；", r"and (\w+) checks\.",
     lambda: (Decimal(len(newest()["ningxia-certified-workers"].described["checks"])),)),
)  # fmt: skip


def floors() -> Counter[str]:
    claims = sum(bool(zh) + bool(en) for _, zh, en, _ in CLAIMS)
    authored = sum(len(answer()) for page, _, _, answer in CLAIMS if page in AUTHORED)
    return Counter({"figure in a sentence": claims, "figure on an authored page": 2 * authored})


def compare_prose(found: Comparison, site: Path) -> None:
    for language, folder in FOLDERS.items():
        for page, zh, en, answer in CLAIMS:
            if pattern := zh if language == "zh" else en:
                _claim(found, site / folder / page / "index.html", pattern, answer())
        for page in AUTHORED:
            _authored(found, site / folder / page / "index.html", page, language)


def _text(path: Path) -> str:
    (main,) = select(lxml.html.document_fromstring(path.read_text("utf-8")), "main")
    return plain(" ".join(main.itertext()))


def _claim(found: Comparison, path: Path, pattern: str, want: tuple[Wanted, ...]) -> None:
    sentence = re.search(pattern, _text(path))
    if sentence is None:
        found.faults.append(f"{path.parent.name}: no sentence like {pattern!r}")
        return
    shown = tuple(_read(text, value) for text, value in zip(sentence.groups(), want, strict=True))
    found.same("figure in a sentence", f"{path.parent.name}, {sentence[0][:80]!r}", shown, want)


def _read(text: str, want: Wanted) -> Wanted | None:
    """What a text says: a word for a number, a number, a date. “66” of “66 万余人” is followed by its unit."""
    if text.lower() in WORDS:
        return Decimal(WORDS[text.lower()])
    (figure,) = figures(text if text != "66" else "66 万")
    return figure.text if isinstance(want, str) else figure.value


def _authored(found: Comparison, path: Path, page: str, language: str) -> None:
    """A page has no figure but those of the sentences above, and those of paragraphs, which are counted from 0."""
    known = set(NAMED)
    numbers: set[Decimal | None] = set()
    for claimed, _, _, answer in CLAIMS:
        for want in answer() if claimed == page else ():
            known |= {want} if isinstance(want, str) else set()
            numbers |= {want} if isinstance(want, Decimal) else set()
    if page == "about":
        numbers |= set(_paragraphs())
    for figure in figures(_text(path).replace("7714-2025", "7714")):
        right = figure.text in known or figure.value in numbers
        found.same("figure on an authored page", f"{page} ({language}), {figure.text!r}", right, True)


def _paragraphs() -> Iterator[Decimal]:
    """The first paragraph of a text, and what is before it: the least two numbers that the tables have."""
    every = {
        int(row["paragraph"]) for release in newest().values() for table in release.tables
        for row in release.rows(table) if row.get("paragraph")
    }  # fmt: skip
    yield from map(Decimal, sorted(every)[:2])
