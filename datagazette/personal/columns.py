"""Which columns of a table hold personal data: judged by how their texts are written, how many of them have the form,
what the column is called, and which columns are beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from datagazette.personal import forms, people
from datagazette.personal.words import plain_label, says

IDENTITY, MOBILE, CARD, IBAN, EMAIL, PASSPORT, NAME = KINDS = (
    "identity", "mobile", "card", "iban", "email", "passport", "name",
)  # fmt: skip
_LONGEST = 500  # characters of such a text: no number, name or mailbox has more
_PHONES = 60  # texts that are looked up in each region
_JUDGED = 400  # distinct texts of a column by which it is judged
Test = Callable[[str], bool]


@dataclass(frozen=True)
class TextColumn:
    """A column as its file writes it. `labels` are its name and titles, `about` its descriptions, `texts` its distinct
    texts without missing values, or a sample of them, in the order of the file."""

    number: int
    labels: tuple[str, ...]
    texts: tuple[str, ...]
    about: tuple[str, ...] = ()

    @cached_property
    def label(self) -> str:
        return " ".join(map(plain_label, self.labels))

    @cached_property
    def judged(self) -> tuple[str, ...]:
        """The texts by which it is judged, from all parts of the column."""
        step = max(1, -(-len(self.texts) // _JUDGED))
        return tuple(text[:_LONGEST].strip() for text in self.texts[::step])

    @cached_property
    def has_traces(self) -> bool:
        """Whether any text may be personal at all, apart from names."""
        return any(map(forms.TRACE.search, self.texts))

    @cached_property
    def is_of_residents(self) -> bool:
        """Whether its texts have the form of China's identity numbers, so that the column as a whole is judged: one in
        eleven passes by accident."""
        return self.share(forms.has_resident_form) >= 0.2

    def says(self, kind: str) -> bool:
        """Whether its name or title has a word of a kind."""
        return says(kind, self.label)

    def is_said(self, kind: str) -> bool:
        """The same, or its description."""
        return self.says(kind) or any(says(kind, plain_label(text)) for text in self.about)

    def share(self, test: Test) -> float:
        return sum(map(test, self.judged)) / len(self.judged) if self.judged else 0.0


@dataclass(frozen=True)
class Suspect:
    """A column that holds personal data of a kind."""

    number: int
    kind: str


@dataclass(frozen=True)
class _Table:
    """What the columns say about one another."""

    columns: Sequence[TextColumn]
    people: frozenset[int] = field(default_factory=frozenset)
    bodies: frozenset[int] = field(default_factory=frozenset)

    @property
    def has_people(self) -> bool:
        return bool(self.people)

    @property
    def is_of_bodies(self) -> bool:
        """Whether its rows are offices, companies and the like, and no people are named in it."""
        return bool(self.bodies) and not self.people


def suspects(columns: Sequence[TextColumn]) -> tuple[Suspect, ...]:
    """In the columns' order. Columns of names are suspects only beside others."""
    if not any(column.has_traces for column in columns):
        return ()
    people_, bodies = _of_people(columns), _of_bodies(columns)
    table = _Table(columns, people_, bodies)
    found = {column.number: kind for column in columns if column.has_traces and (kind := _kind(column, table))}
    if found:
        found |= {number: NAME for number in people_ if number not in found}
    return tuple(Suspect(number, kind) for number, kind in sorted(found.items()))


def is_of_kind(kind: str, text: str) -> bool:
    """Whether a single text of a column that holds this kind is one of them: which rows are to be named."""
    return _TESTS[kind](text.strip())


def _kind(column: TextColumn, table: _Table) -> str:
    judges = (
        (IDENTITY, _is_identity), (IBAN, _is_iban), (CARD, _is_card), (PASSPORT, _is_passport), (MOBILE, _is_mobile),
        (EMAIL, _is_email),
    )  # fmt: skip
    return next((kind for kind, judge in judges if column.judged and judge(column, table)), "")


# People and bodies


def _of_people(columns: Iterable[TextColumn]) -> frozenset[int]:
    return frozenset(column.number for column in columns if column.judged and _names_people(column))


def _names_people(column: TextColumn) -> bool:
    if column.says("email") or column.says("place"):
        return False
    chinese, latin = column.share(people.is_chinese_name), column.share(people.is_latin_name)
    if column.says("name"):
        if column.share(people.is_body) > 0.3:
            return False
        return chinese >= 0.6 or latin >= 0.6 or column.share(people.is_one_name) >= 0.8
    if column.says("naming") and not column.says("body"):
        return chinese >= 0.85 or (latin >= 0.8 and column.share(people.has_given_name) >= 0.2)
    return latin >= 0.8 and column.share(people.has_given_name) >= 0.5


def _of_bodies(columns: Iterable[TextColumn]) -> frozenset[int]:
    return frozenset(
        column.number
        for column in columns
        if column.judged and (column.share(people.is_body) >= 0.4 or (column.says("body") and _is_words(column)))
    )


def _is_words(column: TextColumn) -> bool:
    return column.share(lambda text: any(map(str.isalpha, text))) >= 0.8


# Kinds


def _is_identity(column: TextColumn, table: _Table) -> bool:
    return _is_resident(column, table) or _is_other_identity(column, table)


def _is_resident(column: TextColumn, table: _Table) -> bool:
    hinted = column.is_said("identity")
    formed = column.share(forms.has_resident_form)
    if not formed:
        return hinted and column.share(forms.has_old_resident_form) >= 0.5
    right = column.share(forms.is_resident)
    if hinted or (table.has_people and not column.says("code")):
        return right >= 0.3 or (hinted and formed >= 0.5)
    return right >= (0.9 if column.says("code") else 0.5)


def _is_other_identity(column: TextColumn, table: _Table) -> bool:
    hinted, texts = column.is_said("identity"), column.judged
    if column.says("identity") and column.share(lambda text: bool(forms.NINO.fullmatch(text))) >= 0.6:
        return True
    if column.says("measure") and not column.says("identity"):
        return False
    for number in forms.numbers_of(texts, 0.5 if hinted else 0.9):
        right = column.share(lambda text, module=number.module: forms.is_valid(module, text))  # type: ignore[misc]
        if hinted and not table.is_of_bodies and right >= 0.45:
            return True
        if hinted and number.marked and right >= 0.3:
            return True
        if not hinted and _is_beyond_chance(column, table, number, right):
            return True
    return False


def _is_beyond_chance(column: TextColumn, table: _Table, number: forms.Number, right: float) -> bool:
    """Of a column that does not say what it is: whether its texts cannot have the form by accident."""
    count = len(column.judged)
    if right < 0.95 or column.says("code") or column.says("time") or table.is_of_bodies:
        return False
    if number.dated and not _spread_years(column, number):
        return False
    if number.marked:
        return count >= (4 if table.has_people else 8)
    return count >= (8 if table.has_people else 25)


def _spread_years(column: TextColumn, number: forms.Number) -> bool:
    """Whether the numbers begin with days of many years, as births do and dates of cases do not."""
    at = slice(4, 6) if number.module in ("dk.cpr", "fi.hetu", "no.fodselsnummer", "is_.kennitala", "gr.amka") else (
        slice(2, 4) if number.module == "se.personnummer" and len(column.judged[0]) >= 12 else slice(0, 2)
    )  # fmt: skip
    years = {text[at] for text in column.judged}
    return len(years) >= min(12, max(3, len(column.judged) // 3))


def _is_iban(column: TextColumn, table: _Table) -> bool:
    right = column.share(forms.is_iban)
    if table.is_of_bodies or column.says("office"):
        return False
    return right >= 0.6 and (len(column.judged) > 1 or column.is_said("iban"))


def _is_card(column: TextColumn, table: _Table) -> bool:
    formed = column.share(forms.has_card_form)
    if formed < 0.5 or table.is_of_bodies:
        return False
    right, hinted = column.share(forms.is_card), column.is_said("card")
    if hinted:
        return right >= 0.5 or formed >= 0.9
    if column.says("code") or column.says("measure"):
        return False
    return right >= 0.95 and len(column.judged) >= (5 if table.has_people else 10)


def _is_passport(column: TextColumn, table: _Table) -> bool:
    hinted = column.says("passport")
    if not (hinted or column.says("identity")) or column.says("measure"):
        return False
    texts, formed = column.judged, column.share(forms.has_passport_form)
    lettered = column.share(lambda text: text[:1].isalpha())
    if lettered >= 0.5:
        return formed >= 0.7 and (hinted or table.has_people)
    lengths = {len(text) for text in texts}
    return hinted and formed >= 0.8 and len(lengths) <= 2 and min(lengths) >= 8 and len(texts) >= 2


def _is_email(column: TextColumn, table: _Table) -> bool:
    addresses = [text for text in column.judged if forms.is_email(text)]
    if len(addresses) < 0.5 * len(column.judged):
        return False
    whose = [people.mailbox(address) for address in addresses]
    persons, free, other = (whose.count(kind) / len(whose) for kind in ("person", "free", "other"))
    if table.is_of_bodies or (table.bodies and column.says("office")):
        return persons >= 0.5
    if table.has_people and not table.bodies:
        return persons + free + other >= 0.5
    return persons + free >= 0.5


def _is_mobile(column: TextColumn, table: _Table) -> bool:
    if column.share(forms.has_phone_form) < 0.3 and column.share(forms.is_marked_chinese_mobile) < 0.3:
        return False
    if column.says("time") or column.says("place"):
        return False
    if column.says("office") and not table.has_people:
        return False
    return _is_chinese_mobile(column, table) or _is_european_mobile(column, table)


def _is_chinese_mobile(column: TextColumn, table: _Table) -> bool:
    share = column.share(forms.is_chinese_mobile)
    if share < 0.3:
        return False
    if column.is_said("mobile") and not column.says("measure"):
        return True
    phone = column.is_said("phone") or column.share(forms.is_marked_chinese_mobile) >= 0.5
    if phone:
        return share >= 0.5 and not table.is_of_bodies
    return share >= 0.9 and _is_no_figure(column, table)


def _is_no_figure(column: TextColumn, table: _Table) -> bool:
    """Of eleven digits alone, beginning with 13 to 19: whether they are too many and too mixed for amounts."""
    texts = column.judged
    if column.says("measure") or column.says("code") or table.is_of_bodies:
        return False
    begins, round_ = {text[:2] for text in texts}, column.share(lambda text: text.endswith("00"))
    if round_ > 0.15 or any(len(text) != 11 for text in texts):
        return False
    return len(begins) >= 3 and len(texts) >= 6 if table.has_people else len(begins) >= 5 and len(texts) >= 20


def _is_european_mobile(column: TextColumn, table: _Table) -> bool:
    if column.says("code") or column.says("measure"):
        return False
    said, phone = column.is_said("mobile"), column.is_said("phone")
    written = column.share(lambda text: forms.is_international(text) or (text.startswith("0") and " " in text))
    if not (said or phone) and written < 0.9:
        return False
    if _is_of_many_lengths(column.judged) or (table.is_of_bodies and not said):
        return False
    mobile, maybe = _best_region(column.judged, said=said)
    if said:
        return mobile + maybe >= 0.5
    if table.has_people:  # of a body and its head, a number that may be either is the body's
        return mobile + (0 if table.bodies else maybe) >= 0.5 and (phone or len(column.judged) >= 4)
    return mobile >= (0.5 if phone else 0.9) and (phone or len(column.judged) >= 5)


def _is_of_many_lengths(texts: Sequence[str]) -> bool:
    """Whether these are plain digits of many lengths, as figures are and numbers of telephones are not."""
    plain = [len(text) for text in texts if text.isdecimal()]
    return len(plain) > 0.5 * len(texts) and max(map(plain.count, set(plain))) < 0.75 * len(plain)


def _best_region(texts: Sequence[str], *, said: bool) -> tuple[float, float]:
    """The shares of mobile numbers, and of those that may be, in the region in which most of the texts are numbers: of
    two alike, where the column says that its numbers are mobile, the one with more of them, else with fewer."""
    texts = texts[:: max(1, len(texts) // _PHONES)]
    phones = [text for text in texts if forms.has_phone_form(text)]
    abroad = [text for text in phones if forms.is_international(text)]
    at_home = [text for text in phones if not forms.is_international(text)]
    found = []
    for region in forms.REGIONS if at_home else ("DK",):
        kinds = [forms.phone_kind(text, region) for text in at_home]
        mobile = len(kinds) - kinds.count("") - kinds.count("other")
        found.append((mobile, sum(map(bool, kinds)), kinds) if said else (sum(map(bool, kinds)), -mobile, kinds))
    best = max(found, key=lambda each: each[:2])[2] + [forms.phone_kind(text, None) for text in abroad]
    return best.count("mobile") / len(texts), best.count("maybe") / len(texts)


def _any_identity(text: str) -> bool:
    if forms.has_resident_form(text) or forms.has_old_resident_form(text) or forms.NINO.fullmatch(text):
        return True
    return any(number.form.fullmatch(text) for number in forms.IDENTITY)


def _person_or_unknown(text: str) -> bool:
    return forms.is_email(text) and people.mailbox(text) != "role"


_TESTS: Mapping[str, Test] = {
    IDENTITY: _any_identity,
    MOBILE: lambda text: forms.has_phone_form(text) or forms.is_marked_chinese_mobile(text),
    CARD: forms.has_card_form,
    IBAN: forms.is_iban,
    EMAIL: _person_or_unknown,
    PASSPORT: forms.has_passport_form,
    NAME: bool,
}
