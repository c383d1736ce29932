"""The small publication in one language only: English, Danish or Arabic, in its texts as in its data."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

import yaml

# The English texts of the small publication, in the two other languages.
DANISH = {
    "A small publication": "En lille udgivelse",
    "Two datasets to test with.": "To datasæt til prøver.",
    "Two small datasets.": "To små datasæt.",
    "The testers": "Prøveholdet på Ærø",
    "Contact": "Kontakt",
    "Attribution 4.0": "Kreditering 4.0",
    "People": "Personer",
    "Land": "Areal",
    "Place": "Sted",
    "Year": "År",
    "persons": "personer",
    "Bound": "Grænse",
    "exact": "præcis",
    "at least": "mindst",
    "Code": "Kode",
    "Name": "Navn",
    "Area": "Areal",
    "km²": "km²",
    "Number": "Nummer",
    "Day": "Dag",
    "Visits": "Besøg",
    "Head counts": "Folketal",
    "People in each place by year.": "Personer på hvert sted efter år.",
    "population": "befolkning",
    "Census": "Folketælling",
    "Counts": "Antal",
    "{people} people live in North": "Der bor {people} personer i Nørreby",
    "No place shrinks": "Intet sted bliver mindre",
    "South really lost people.": "Søndeby har faktisk mistet indbyggere.",
    "People in North": "Personer i Nørreby",
    "Places": "Steder",
    "Three places; their **codes** keep leading zeros.": "Tre steder; deres **koder** beholder foranstillede nuller.",
    "Gazetteer": "Stednavne",
    "A draft that has not been released.": "En kladde, der ikke er udgivet.",
    "Register": "Register",
    "All visits": "Alle besøg",
    "No record of zero visits": "Ingen rækker med nul besøg",
    "First release.": "Første udgivelse.",
    "Corrects North for 2020 and adds East Isle.": "Retter Nørreby for 2020 og tilføjer Østø.",
    'The report says ""more than"".': "Rapporten siger ”over”.",
    "North": "Nørreby",
    "South": "Søndeby",
    "East Isle": "Østø",
}
ARABIC = {
    "A small publication": "نشرة صغيرة",
    "Two datasets to test with.": "مجموعتا بيانات للتجربة.",
    "Two small datasets.": "مجموعتا بيانات صغيرتان.",
    "The testers": "فريق التجربة",
    "Contact": "الاتصال",
    "Attribution 4.0": "نَسب المُصنَّف 4.0",
    "People": "السكان",
    "Land": "الأرض",
    "Place": "المكان",
    "Year": "السنة",
    "persons": "نسمة",
    "Bound": "الحد",
    "exact": "مضبوط",
    "at least": "على الأقل",
    "Code": "الرمز",
    "Name": "الاسم",
    "Area": "المساحة",
    "km²": "كم²",
    "Number": "الرقم",
    "Day": "اليوم",
    "Visits": "الزيارات",
    "Head counts": "عدد السكان",
    "People in each place by year.": "عدد السكان في كل مكان حسب السنة (Head counts).",
    "population": "سكان",
    "Census": "التعداد",
    "Counts": "الأعداد",
    "{people} people live in North": "يسكن الشمال {people} نسمة",
    "No place shrinks": "لا ينقص عدد سكان أي مكان",
    "South really lost people.": "نقص عدد سكان الجنوب فعلاً.",
    "People in North": "سكان الشمال",
    "Places": "الأماكن",
    "Three places; their **codes** keep leading zeros.": "ثلاثة أماكن؛ تحتفظ **رموزها** بالأصفار البادئة.",
    "Gazetteer": "معجم الأماكن",
    "A draft that has not been released.": "مسودة لم تُنشر بعد.",
    "Register": "السجل",
    "All visits": "جميع الزيارات",
    "No record of zero visits": "لا سجل بلا زيارات",
    "First release.": "الإصدار الأول.",
    "Corrects North for 2020 and adds East Isle.": "يصحح رقم الشمال لعام 2020 ويضيف الجزيرة الشرقية.",
    'The report says ""more than"".': "يقول التقرير «أكثر من».",
    "North": "الشمال",
    "South": "الجنوب",
    "East Isle": "الجزيرة الشرقية",
}
TEXTS = {"en": {text: text for text in DANISH}, "da": DANISH, "ar": ARABIC}
DAY = "2026-11-29"  # a new publication has no page of problems
_HAN = re.compile("[\u3000-\u9fff\uff00-\uffef]")


def keep_only(language: str, root: Path) -> None:
    """Rewrites a copy of the small publication, and freezes its releases again."""
    shutil.rmtree(root / "build", ignore_errors=True)
    texts = TEXTS[language]
    for path in root.rglob("*.yaml"):
        described = _kept(yaml.safe_load(path.read_text("utf-8")), texts, language)
        path.write_text(yaml.safe_dump(described, allow_unicode=True, sort_keys=False), "utf-8")
    places = [("001", "North", "12.5"), ("002", "South", "7"), ("010", "East Isle", "")]
    rows = ["code,name,area", *(f"{code},{texts[name]},{area}" for code, name, area in places)]
    _write(root / "datasets/places/1.0.0/places.csv", "\n".join(rows))
    for folder in (root / "datasets/counts").glob("*.*.*"):
        note = texts['The report says ""more than"".']
        _write(
            folder / "notes.csv", f'resource,key,field,kind,note,source\ncounts,001|2021,people,lower-bound,"{note}",'
        )
        query = (folder / "by-place.sql").read_text("utf-8")
        _write(folder / "by-place.sql", query.replace("p.name_en AS place_en, ", "").strip())
    for path in root.glob("datasets/*/releases.yaml"):
        ledger = yaml.safe_load(path.read_text("utf-8"))
        for release in ledger["releases"]:
            folder = path.parent / release["version"]
            hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in release["files"]}
            release |= {"files": hashes, "date": DAY}
        path.write_text(yaml.safe_dump(ledger, allow_unicode=True, sort_keys=False), "utf-8")
    left = [path for path in root.rglob("*.*") if path.is_file() and _HAN.search(path.read_text("utf-8"))]
    assert not left, left


def _kept(value: Any, texts: dict[str, str], language: str) -> Any:
    if isinstance(value, list):
        return [_kept(item, texts, language) for item in value if not _is_english_name(item)]
    if not isinstance(value, dict):
        return value
    found = {key: _kept(item, texts, language) for key, item in value.items() if "@" not in key}
    for key, item in value.items():
        if key.endswith("@en"):
            found[key.removesuffix("@en")] = [texts[word] for word in item] if isinstance(item, list) else texts[item]
    return found | ({"languages": [language]} if "languages" in value else {})


def _is_english_name(item: Any) -> bool:
    return isinstance(item, dict) and item.get("name") in ("name_en", "place_en")


def _write(path: Path, text: str) -> None:
    path.write_text(f"{text}\n", "utf-8", newline="")
