"""Made-up tables with personal data, and such as only look like it.

Each function makes a table of some kind. A column is its label, its texts and what it truly is, empty where it is
nothing personal. Some labels are used in the half of the tables alone that no rule was tried on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tests.personal.values import FIRST, FREE, LAST, TOWNS, Maker

EUROPEAN = ("da", "de", "fr", "nl", "es", "en")


@dataclass(frozen=True)
class Made:
    """A column: `truth` is the kind of personal data in it."""

    label: str
    texts: list[str]
    truth: str = ""


@dataclass(frozen=True)
class Table:
    kind: str
    columns: tuple[Made, ...]


class Shape:
    """What a table is made with: values, number of rows, and which labels may be used."""

    def __init__(self, seed: int, *, held_out: bool) -> None:
        self.make = Maker(seed)
        self.rows = self.make.pick(6, 12, 30, 80, 200)
        self._held_out = held_out

    def label(self, *labels: str) -> str:
        """One of the labels; the last third of them in tables that are held out alone."""
        known = len(labels) if self._held_out else -(-len(labels) * 2 // 3)
        return self.make.random.choice(labels[:known])

    def column(self, label: str, value: Callable[[], object], truth: str = "", gaps: float = 0.0) -> Made:
        texts = ["" if self.make.random.random() < gaps else str(value()) for _ in range(self.rows)]
        return Made(label, texts, truth if any(texts) else "")

    def numbers(self, label: str, low: float, high: float, decimals: int = 0) -> Made:
        draw = self.make.random.uniform
        return self.column(label, lambda: f"{draw(low, high):.{decimals}f}")


LABELS = {
    "name": {"zh": ("姓名", "申请人姓名", "name", "xm", "户主", "受益人", "持证人", "xingming"),
             "da": ("navn", "fulde_navn", "Fornavn og efternavn"), "de": ("Name", "Vorname Nachname", "Antragsteller"),
             "fr": ("nom_prenom", "Nom et prénom", "bénéficiaire"), "nl": ("naam", "Naam aanvrager", "ontvanger"),
             "es": ("nombre", "Nombre y apellidos", "beneficiario"), "en": ("full_name", "name", "Applicant")},
    "identity": {"zh": ("身份证号", "身份证号码", "证件号码", "id_card", "sfzh", "公民身份号码", "居民身份证", "sfzhm"),
                 "da": ("cpr", "cpr_nr", "CPR-nummer"), "de": ("steuer_id", "Steueridentifikationsnummer", "IdNr"),
                 "fr": ("nir", "Numéro de sécurité sociale", "no_secu_insee"), "nl": ("bsn", "BSN-nummer", "Burgerservicenummer"),
                 "es": ("dni", "DNI/NIE", "Documento de identidad"), "en": ("nino", "national_id", "ni_identity_number")},
    "mobile": {"zh": ("手机", "手机号", "联系电话", "电话", "mobile", "lxdh", "联系方式", "移动电话", "sjhm"),
               "da": ("mobil", "mobilnummer", "Mobiltelefon"), "de": ("handy", "Mobilnummer", "Mobiltelefon"),
               "fr": ("portable", "Téléphone portable", "tel_mobile"), "nl": ("mobiel", "Mobiel nummer", "gsm"),
               "es": ("movil", "Teléfono móvil", "celular"), "en": ("mobile", "mobile_phone", "Cell phone")},
    "email": {"zh": ("邮箱", "电子邮箱", "email"), "da": ("email", "E-mail", "mailadresse"), "de": ("email", "E-Mail", "Mailadresse"),
              "fr": ("courriel", "e-mail", "Adresse courriel"), "nl": ("email", "e-mailadres", "Mail"),
              "es": ("correo", "Correo electrónico", "email"), "en": ("email", "E-mail", "contact_email")},
    "card": {"zh": ("银行卡号", "卡号", "收款账号"), "da": ("kortnummer", "kortnr", "Dankort"), "de": ("kartennummer", "Kreditkarte", "Bankkarte"),
             "fr": ("Numéro de carte", "carte_bancaire", "numero_de_carte"), "nl": ("kaartnummer", "bankpas", "Bankpas nummer"),
             "es": ("tarjeta", "Tarjeta bancaria", "num_tarjeta"), "en": ("card_number", "Bank card", "debit_card")},
    "iban": {"zh": ("IBAN", "iban", "国际银行账号"), "da": ("iban", "Kontonummer", "bankkonto"), "de": ("iban", "Bankverbindung", "IBAN Empfänger"),
             "fr": ("iban", "Compte bancaire", "RIB"), "nl": ("iban", "Rekeningnummer", "bankrekening"),
             "es": ("iban", "Cuenta bancaria", "IBAN titular"), "en": ("iban", "Bank account", "payee_iban")},
    "passport": {"zh": ("护照号", "护照号码", "passport_no"), "da": ("pasnummer", "Pas nr.", "passport"), "de": ("reisepass", "Passnummer", "Reisepass-Nr."),
                 "fr": ("passeport", "No de passeport", "num_passeport"), "nl": ("paspoort", "Paspoortnummer", "paspoort_nr"),
                 "es": ("pasaporte", "Número de pasaporte", "num_pasaporte"), "en": ("passport", "Passport number", "passport_no")},
    "body": {"zh": ("单位名称", "机构", "单位", "机构名称", "名称", "部门"), "da": ("institution", "navn", "Myndighed"), "de": ("Behörde", "Einrichtung", "Name der Stelle"),
             "fr": ("organisme", "nom", "Établissement"), "nl": ("instelling", "organisatie", "naam"), "es": ("entidad", "centro", "Nombre del centro"),
             "en": ("organisation", "office", "name")},
    "phone": {"zh": ("办公电话", "联系电话", "电话", "咨询电话", "服务热线", "值班电话"), "da": ("telefon", "tlf", "Telefonnummer"), "de": ("Telefon", "Tel.", "Rufnummer"),
              "fr": ("téléphone", "tel", "Numéro de téléphone"), "nl": ("telefoon", "tel", "Telefoonnummer"),
              "es": ("teléfono", "tel", "Teléfono de contacto"), "en": ("phone", "telephone", "Contact number")},
    "place": {"zh": ("地区", "村", "街道"), "da": ("by", "sted", "kommune"), "de": ("Ort", "Gemeinde", "Stadt"), "fr": ("ville", "lieu", "commune"),
              "nl": ("plaats", "woonplaats", "stad"), "es": ("ciudad", "municipio", "localidad"), "en": ("town", "place", "ward")},
    "amount": {"zh": ("补助金额", "金额（元）", "发放金额"), "da": ("beløb", "beloeb_kr", "udbetalt"), "de": ("Betrag", "betrag_eur", "Auszahlung"),
               "fr": ("montant", "montant_eur", "versement"), "nl": ("bedrag", "bedrag_eur", "uitkering"),
               "es": ("importe", "importe_eur", "pago"), "en": ("amount", "amount_gbp", "payment")},
}  # fmt: skip


def _of(shape: Shape, what: str, language: str) -> str:
    return shape.label(*LABELS[what][language])


def _identity(make: Maker, language: str) -> Callable[[], str]:
    ways = {
        "zh": make.resident,
        "da": make.cpr,
        "de": make.idnr,
        "fr": make.nir,
        "nl": make.bsn,
        "es": make.dni,
        "en": make.nino,
    }
    return ways[language]


def _place(shape: Shape, language: str) -> Made:
    return shape.column(_of(shape, "place", language), lambda: shape.make.random.choice(TOWNS[language]))


def _number(shape: Shape) -> Made:
    made = shape.column("序号" if shape.make.pick(True, False) else "no", lambda: "")
    return Made(made.label, [str(number) for number in range(1, shape.rows + 1)])


def beneficiaries(shape: Shape, language: str) -> Table:
    """Names with two or three identifiers: the lists that were found on the sites of local governments."""
    make = shape.make
    kinds: dict[str, tuple[Callable[[], str], str]] = {
        "identity": (_identity(make, language), "identity"),
        "mobile": (lambda: make.mobile(language), "mobile"),
        "email": (lambda: make.own_email(language), "email"),
        "iban": (lambda: make.iban(language), "iban"),
        "card": (make.card, "card"),
        "passport": (lambda: make.passport(language), "passport"),
    }  # fmt: skip
    if language == "zh":
        del kinds["iban"]
    chosen = make.random.sample(sorted(kinds), make.pick(1, 2, 3))
    columns = [
        _number(shape),
        shape.column(_of(shape, "name", language), lambda: make.name(language), "name"),
        _place(shape, language),
    ]
    for kind in chosen:
        value, truth = kinds[kind]
        columns.append(shape.column(_of(shape, kind, language), value, truth, make.pick(0, 0, 0.2)))
    columns.append(shape.numbers(_of(shape, "amount", language), 100, 9000, make.pick(0, 2)))
    return Table("beneficiaries", tuple(columns))


def masked(shape: Shape, language: str) -> Table:
    """The same, masked as authorities do it: nothing is left to find."""
    make, identity = shape.make, _identity(shape.make, language)

    def masked_mobile() -> str:
        number = make.mobile(language).replace(" ", "").replace("-", "")
        return f"{number[:3]}****{number[-4:] if language == 'zh' else number[-2:]}"

    def masked_identity() -> str:
        number = identity()
        return (
            f"{number[:6]}{'*' * max(1, len(number) - 10)}{number[-4:]}"
            if language == "zh"
            else f"{number[:4]}{'*' * (len(number) - 4)}"
        )

    return Table("masked", (
        _number(shape), shape.column(_of(shape, "name", language), lambda: make.name(language)[:1] + "**"),
        shape.column(_of(shape, "identity", language), masked_identity),
        shape.column(_of(shape, "mobile", language), masked_mobile), _place(shape, language),
    ))  # fmt: skip


def unnamed(shape: Shape, language: str) -> Table:
    """Identifiers without names: still those of people."""
    make = shape.make
    columns = [
        _number(shape),
        shape.column(_of(shape, "identity", language), _identity(make, language), "identity"),
        _place(shape, language),
    ]
    if make.pick(True, False):
        columns.append(shape.column(_of(shape, "mobile", language), lambda: make.mobile(language), "mobile"))
    return Table("unnamed", (*columns, shape.numbers(_of(shape, "amount", language), 100, 9000)))


def unsaid(shape: Shape, language: str) -> Table:
    """Headings that say nothing, beside names."""
    make = shape.make
    shape.rows = max(shape.rows, 30)
    label = shape.label("col3", "字段3", "B", "kolonne", "Spalte2", "f4")
    value, truth = make.pick(
        (make.resident, "identity"), (lambda: make.mobile("zh"), "mobile"), (lambda: make.own_email(language), "email")
    )
    return Table("unsaid", (
        _number(shape), shape.column(_of(shape, "name", language), lambda: make.name(language), "name"),
        shape.column(label, value, truth), shape.column(shape.label("col4", "备注", "note"), lambda: make.pick("A", "B", "")),
    ))  # fmt: skip


def staff(shape: Shape, language: str) -> Table:
    """Members of a staff with mailboxes and mobile numbers of their own, written with the code of the country."""
    make = shape.make
    language = language if language != "zh" else "en"
    return Table("staff", (
        shape.column(_of(shape, "name", language), lambda: make.name(language), "name"),
        shape.column(_of(shape, "email", language), lambda: make.work_email(language), "email"),
        shape.column(_of(shape, "phone", language), lambda: make.abroad(language), "mobile"),
        shape.column(shape.label("born", "geburtsdatum", "date_of_birth"), lambda: make.day().isoformat()),
    ))  # fmt: skip


def offices(shape: Shape, language: str) -> Table:
    """Published contact points: the common false alarm."""
    make = shape.make
    columns = [
        shape.column(_of(shape, "body", language), lambda: make.body(language)),
        shape.column(_of(shape, "phone", language), lambda: make.landline(language)),
        shape.column(_of(shape, "email", language), lambda: make.office_email(language), gaps=make.pick(0, 0.3)),
        _place(shape, language),
        shape.column(shape.label("postcode", "邮编", "postnr", "plz"), lambda: make.digits(make.pick(4, 5, 6))),
    ]
    if language == "zh":
        columns.append(
            shape.column(
                shape.label("服务热线", "投诉电话", "咨询电话"),
                lambda: make.pick(f"400-{make.digits(3)}-{make.digits(4)}", "12345", f"800{make.digits(7)}"),
            )
        )
        columns.append(shape.column(shape.label("统一社会信用代码", "信用代码", "机构代码"), make.credit_code))
    if make.pick(True, False, False):  # the head of an office, whose number is a landline
        columns.append(shape.column(shape.label("负责人", "contact_person", "Leder"), lambda: make.name(language)))
    return Table("offices", tuple(columns))


def clinics(shape: Shape, language: str) -> Table:
    """Offices in villages, which are reached by mobile telephone: numbers of bodies."""
    make = shape.make
    return Table("clinics", (
        shape.column(_of(shape, "body", language), lambda: make.body(language)),
        shape.column(shape.label(*(("联系电话", "服务电话", "电话") if language == "zh" else LABELS["phone"][language])),
                     lambda: make.landline(language) if make.random.random() < 0.7 else make.mobile(language)),
        _place(shape, language), shape.numbers("beds", 1, 80),
    ))  # fmt: skip


def economy(shape: Shape, language: str) -> Table:
    """Figures between 13 and 20 thousand million, three in four of which are valid mobile numbers of China."""
    make = shape.make
    labels = ("gdp", "财政收入（元）", "value", "贷款余额", "total_expenditure", "B12", "产值")
    kind = make.pick("uniform", "growing", "wide")
    start = make.random.randrange(13_000_000_000, 15_000_000_000)
    state = [start]

    def figure() -> int:
        if kind == "uniform":
            return make.random.randrange(13_000_000_000, 20_000_000_000)
        if kind == "wide":
            return int(10 ** make.random.uniform(8, 11.3))
        state[0] += make.random.randrange(10_000_000, 200_000_000)
        return state[0]

    return Table("economy", (
        shape.column(shape.label("year", "年份", "aar"), lambda: make.random.randrange(1990, 2025)), _place(shape, language),
        shape.column(shape.label(*labels), figure),
        shape.column(shape.label("population", "人口", "indbyggere"), lambda: make.random.randrange(10_000_000, 999_999_999)),
        shape.numbers(shape.label("rate", "增长率", "vækst"), -5, 15, 2),
    ))  # fmt: skip


def observations(shape: Shape, language: str) -> Table:
    """Hours as yyyymmddhh, places with eight decimals, readings."""
    make = shape.make
    begin = date(2023, 1, 1)
    return Table("observations", (
        shape.column(shape.label("time", "观测时间", "t", "hour"), lambda: f"{begin + timedelta(make.random.randrange(800)):%Y%m%d}{make.random.randrange(24):02d}"),
        shape.numbers(shape.label("lat", "纬度", "y", "breddegrad"), 20, 56, 8),
        shape.numbers(shape.label("lon", "经度", "x", "længdegrad"), 5, 130, 8),
        shape.column(shape.label("station", "站号", "id"), lambda: make.digits(5)),
        shape.column(shape.label("unix", "ts", "epoch"), lambda: make.random.randrange(1_500_000_000, 1_760_000_000) * make.pick(1, 1000)),
        shape.numbers(shape.label("pm25", "value", "NO2"), 0, 300, 1),
    ))  # fmt: skip


def registers(shape: Shape, language: str) -> Table:
    """Numbers of things: cases, permits, parcels, devices, books."""
    make = shape.make
    begin = date(2022, 1, 1)

    def case() -> str:
        return f"{begin + timedelta(make.random.randrange(900)):%d%m%y}-{make.digits(4)}"

    def event() -> str:
        return f"{make.random.choice(('110101', '310104'))}{begin + timedelta(make.random.randrange(900)):%Y%m%d}{make.digits(4)}"

    return Table("registers", (
        shape.column(shape.label("case_no", "journalnummer", "sag", "Aktenzeichen"), case),
        shape.column(shape.label("事件编号", "event_id", "record", "id"), event),
        shape.column(shape.label("许可证号", "permit", "licence_no", "number"), lambda: f"2023{make.digits(7)}"),
        shape.column(shape.label("isbn", "ISBN", "ean", "code"), make.isbn),
        shape.column(shape.label("imei", "device", "serial", "设备号"), lambda: "86" + make.digits(13)),
        shape.column(shape.label("matrikel", "parcel", "地块编号"), lambda: f"{make.digits(2)}-{make.digits(4)}-{make.digits(3)}"),
        shape.column(shape.label("订单号", "transaction", "order_no"), lambda: make.digits(16)),
        shape.column(shape.label("uuid", "hash", "dataset_id"), lambda: f"{make.random.getrandbits(64):016x}"),
    ))  # fmt: skip


def counts(shape: Shape, language: str) -> Table:
    """Whole numbers, of which 9 in 100 pass as Dutch BSN, and numbers that run."""
    make = shape.make
    first = make.random.randrange(100_000_000, 800_000_000)
    running = iter(range(first, first + 100_000))
    return Table("counts", (
        shape.column(shape.label("count", "数量", "aantal", "antal"), lambda: make.random.randrange(100_000_000, 999_999_999)),
        shape.column(shape.label("id", "编号", "nummer", "volgnummer"), lambda: next(running)),
        shape.column(shape.label("inwoners", "户数", "households"), lambda: make.random.randrange(10, 99_999_999)),
        shape.column(shape.label("kode", "code10", "指标代码"), lambda: make.digits(10)),
        shape.column(shape.label("value11", "v", "数据"), lambda: make.digits(11)),
        shape.column(shape.label("phones_per_100", "手机用户数", "mobile_subscriptions"), lambda: make.random.randrange(1_000, 99_999_999)),
        shape.column(shape.label("passports_issued", "护照签发数量", "udstedte_pas_antal"), lambda: make.random.randrange(1_000, 999_999)),
    ))  # fmt: skip


def people_in_public(shape: Shape, language: str) -> Table:
    """Names alone: authors, members of parliament, streets."""
    make = shape.make
    return Table("people-in-public", (
        shape.column(_of(shape, "name", language), lambda: make.name(language)),
        shape.column(shape.label("party", "政党", "title"), lambda: make.pick("A", "B", "C")),
        shape.column(shape.label("votes", "票数", "stemmer"), lambda: make.random.randrange(100, 999_999)),
        shape.column(shape.label("born", "出生年份", "født"), lambda: make.random.randrange(1940, 2000)),
        shape.column(shape.label("isbn", "书号", "ISBN-13"), make.isbn),
    ))  # fmt: skip


def enterprises(shape: Shape, language: str) -> Table:
    """Companies with their register numbers and their accounts."""
    make = shape.make
    own = {
        "zh": make.credit_code,
        "da": lambda: "DK" + make.digits(8),
        "nl": make.bsn,
        "es": lambda: f"B{make.digits(8)}",
    }
    columns = [
        shape.column(_of(shape, "body", language), lambda: make.body(language)),
        shape.column(
            shape.label(
                *{"zh": ("统一社会信用代码", "信用代码"), "nl": ("rsin", "RSIN-nummer")}.get(
                    language, ("cvr", "company_no", "Register-Nr.")
                )
            ),
            own.get(language, lambda: make.digits(9)),
        ),
        shape.column(_of(shape, "phone", language), lambda: make.landline(language)),
        shape.numbers(shape.label("注册资本", "capital", "kapital"), 1e5, 1e11),
    ]
    if language != "zh":
        columns.append(shape.column(_of(shape, "iban", language), lambda: make.iban(language)))
    return Table("enterprises", tuple(columns))


def damaged(shape: Shape, language: str) -> Table:
    """Lists as people type them: gaps in words, blanks in numbers, a wrong digit now and then, names in two columns."""
    make, identity = shape.make, _identity(shape.make, language)

    def typed(value: Callable[[], str]) -> str:
        text = value()
        kind = make.random.random()
        if kind < 0.08:
            return make.pick("无", "-", "N/A", "不详", "none")
        if kind < 0.16:
            return text[:-1] + str((int(text[-1]) + 1) % 10) if text[-1].isdecimal() else text
        if kind < 0.24:
            return f" {text} "
        if kind < 0.3 and language == "zh":
            return (
                f"{text[:3]} {text[3:7]} {text[7:]}"
                if len(text) == 11
                else f"{text[:6]} {text[6:10]} {text[10:14]} {text[14:]}"
            )
        return text

    columns = []
    if language == "zh":
        columns.append(shape.column(_of(shape, "name", language), make.chinese_name, "name"))
    else:
        columns.append(
            shape.column(
                shape.label("first_name", "Vorname", "prénom", "fornavn"),
                lambda: make.random.choice(FIRST[language]),
                "name",
            )
        )
        columns.append(
            shape.column(
                shape.label("last_name", "Nachname", "achternaam", "efternavn"),
                lambda: make.random.choice(LAST[language]),
                "name",
            )
        )
    columns.append(shape.column(_of(shape, "identity", language), lambda: typed(identity), "identity"))
    columns.append(shape.column(_of(shape, "mobile", language), lambda: typed(lambda: make.mobile(language)), "mobile"))
    columns.append(
        shape.column(
            shape.label("address", "地址", "adresse"), lambda: f"{make.random.choice(TOWNS[language])} {make.digits(2)}"
        )
    )
    return Table("damaged", tuple(columns))


def remarks(shape: Shape, language: str) -> Table:
    """Sentences, some of which hold a number of a person."""
    make = shape.make
    sentences = {
        "zh": lambda: make.pick(f"已与本人联系，手机{make.mobile('zh')}", f"身份证号为{make.resident()}，材料齐全", f"联系电话：{make.mobile('zh')}（{make.chinese_name()}）"),
        "en": lambda: make.pick(f"Called back on mobile +44 {make.mobile('en')[1:]} on Monday", f"Wrote to {make.own_email('en')} twice", "Sent to the council"),
    }  # fmt: skip
    language = language if language in sentences else "en"
    return Table("remarks", (
        _number(shape), _place(shape, language),
        shape.column(shape.label("备注", "remarks", "note", "说明", "comment"), lambda: sentences[language]() if make.random.random() < 0.6 else make.pick("办结", "done", ""), "mobile"),
        shape.column(shape.label("办理日期", "date", "day"), lambda: make.day(2020, 2025).isoformat()),
    ))  # fmt: skip


def proceedings(shape: Shape, language: str) -> Table:
    """Sentences with numbers of cases, amounts, offices and days, and of no person."""
    make = shape.make
    sentences = {
        "zh": lambda: make.pick(
            f"项目总投资{make.random.randrange(13_000_000_000, 20_000_000_000)}元", f"咨询电话：{make.landline('zh')}", f"监督热线 400-{make.digits(3)}-{make.digits(4)}",
            f"文号 2023{make.digits(7)} 已归档", f"统一社会信用代码{make.credit_code()}", f"订单{make.digits(16)}已签收", f"邮箱 bgs@{make.digits(4)}.gov.cn"),
        "en": lambda: make.pick(
            f"Case {make.digits(9)} was closed", f"Write to info@council{make.digits(2)}.gov.uk", f"Budget of {make.random.randrange(10**9, 10**11)} pounds",
            f"See https://example.org/{make.digits(11)}", f"Call the office on {make.landline('en')}", f"Between 2019-04-01 and {make.day(2020, 2025)}"),
    }  # fmt: skip
    language = language if language in sentences else "en"
    return Table("proceedings", (
        _number(shape), shape.column(shape.label("内容", "text", "description", "summary"), sentences[language]),
        shape.column(shape.label("answer", "答复", "reply"), sentences[language]), _place(shape, language),
    ))  # fmt: skip


def associations(shape: Shape, language: str) -> Table:
    """Clubs and shops with the mailbox and the telephone that they publish, also at free providers."""
    make = shape.make
    return Table("associations", (
        shape.column(_of(shape, "body", language), lambda: make.body(language)),
        shape.column(shape.label("邮箱", "email", "courriel"), lambda: f"{make.pick('club', 'verein', 'xh', 'koor')}{make.digits(4)}@{make.random.choice(FREE[language])}"),
        shape.column(_of(shape, "phone", language), lambda: make.landline(language) if make.random.random() < 0.5 else make.mobile(language)),
        shape.column(shape.label("members", "会员数", "medlemmer"), lambda: make.random.randrange(5, 900)),
    ))  # fmt: skip


def officials(shape: Shape, language: str) -> Table:
    """Officials with the landline of their office, and what athletes and vehicles have."""
    make = shape.make
    return Table("officials", (
        shape.column(_of(shape, "name", language), lambda: make.name(language)),
        shape.column(shape.label("职务", "position", "titel"), lambda: make.pick("主任", "Director", "Leder")),
        shape.column(shape.label("办公电话", "office_phone", "Kontor telefon"), lambda: make.landline("zh" if language == "zh" else "fr")),
        shape.column(shape.label("plate", "车牌号", "kennzeichen"), lambda: f"{make.pick('京A', 'AB', 'M')}{make.digits(5)}"),
        shape.column(shape.label("height", "身高", "højde"), lambda: make.random.randrange(150, 200)),
        shape.column(shape.label("vin", "车架号", "stelnummer"), lambda: f"LSV{make.digits(5)}X{make.digits(8)}"),
        shape.column(shape.label("联行号", "bank_code", "sort_code"), lambda: make.digits(12)),
    ))  # fmt: skip


WITH_PERSONAL = (beneficiaries, damaged, unnamed, unsaid, staff, beneficiaries, remarks)
WITHOUT = (
    masked, offices, offices, clinics, economy, observations, registers, counts, people_in_public, enterprises,
    proceedings, associations, officials,
)  # fmt: skip


def tables(count: int, *, held_out: bool) -> Sequence[Table]:
    """So many tables, half of them with personal data, half of them Chinese; the same ones every time."""
    found = []
    for at in range(count):
        shape = Shape(2 * at + held_out, held_out=held_out)
        language = "zh" if shape.make.random.random() < 0.5 else shape.make.random.choice(EUROPEAN)
        kinds = WITH_PERSONAL if at % 2 else WITHOUT
        found.append(kinds[(at // 2) % len(kinds)](shape, language))
    return found
