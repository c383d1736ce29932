"""Made-up values: those that look like personal data, and those that only look a little like them.

Check digits are computed, so that a rule that only looks at them is not enough. Nothing made here is kept anywhere.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

COUNTIES = ("110101", "310104", "440106", "330106", "510104", "420106", "610113", "370102", "320106", "350102")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华建国志强文博雨轩梓涵"
FIRST = {
    "da": ("Anne", "Jens", "Mette", "Lars", "Søren", "Kirsten", "Niels", "Hanne", "Freja", "Oscar", "Birthe", "Mikkel"),
    "de": ("Anna", "Klaus", "Sabine", "Jürgen", "Petra", "Stefan", "Monika", "Uwe", "Lena", "Paul", "Torsten", "Anke"),
    "fr": ("Marie", "Jean", "Nathalie", "Philippe", "Sylvie", "Alain", "Camille", "Hugo", "Manon", "Louis", "Benoît"),
    "nl": ("Johannes", "Sanne", "Daan", "Emma", "Willem", "Lotte", "Pieter", "Johanna", "Sem", "Sophie", "Joost"),
    "es": ("María", "Antonio", "Carmen", "José", "Isabel", "Manuel", "Lucía", "Pablo", "Ana", "Javier", "Íñigo"),
    "en": ("Mary", "James", "Patricia", "John", "Emily", "Robert", "Sarah", "George", "Amelia", "Jack", "Gareth"),
}  # fmt: skip
LAST = {
    "da": ("Jensen", "Nielsen", "Hansen", "Pedersen", "Andersen", "Møller", "Østergaard", "Kjær"),
    "de": ("Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Schäfer", "Hoffmann", "Krüger"),
    "fr": ("Martin", "Bernard", "Dubois", "Lefèvre", "Moreau", "Girard", "Fontaine", "Rousseau"),
    "nl": ("de Jong", "Jansen", "de Vries", "van den Berg", "Bakker", "Visser", "Smit", "Mulder"),
    "es": ("García López", "Fernández Ruiz", "Martínez Gil", "Sánchez Vega", "Romero Díaz", "Navarro Sáez"),
    "en": ("Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Davies", "O'Brien"),
}
FREE = {"zh": ("qq.com", "163.com", "126.com", "139.com"), "da": ("gmail.com", "mail.dk", "live.dk"),
        "de": ("web.de", "gmx.de", "gmail.com"), "fr": ("orange.fr", "free.fr", "laposte.net"),
        "nl": ("ziggo.nl", "gmail.com", "hotmail.nl"), "es": ("hotmail.es", "yahoo.es", "gmail.com"),
        "en": ("gmail.com", "yahoo.co.uk", "outlook.com")}  # fmt: skip
TOWNS = {
    "zh": ("石桥镇", "东湖街道", "青山村", "柳林乡", "双河镇", "白沙村"), "da": ("Aarhus", "Odense", "Viborg", "Randers"),
    "de": ("Bremen", "Kassel", "Erfurt", "Ulm"), "fr": ("Lyon", "Nantes", "Dijon", "Amiens"),
    "nl": ("Utrecht", "Zwolle", "Breda", "Assen"), "es": ("Sevilla", "Murcia", "Vigo", "León"),
    "en": ("Leeds", "Bristol", "York", "Derby"),
}  # fmt: skip


class Maker:
    """Values of every kind from one stream of random numbers."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def digits(self, count: int) -> str:
        return "".join(self.random.choices("0123456789", k=count))

    def pick(self, *choices):
        return self.random.choice(choices)

    def day(self, first: int = 1940, last: int = 2012) -> date:
        return date(first, 1, 1) + timedelta(self.random.randrange((last - first) * 365))

    # People

    def chinese_name(self) -> str:
        return self.random.choice(SURNAMES) + "".join(self.random.choices(GIVEN, k=self.pick(1, 2, 2)))

    def name(self, language: str) -> str:
        if language == "zh":
            return self.chinese_name()
        return f"{self.random.choice(FIRST[language])} {self.random.choice(LAST[language])}"

    def resident(self) -> str:
        body = self.random.choice(COUNTIES) + self.day().strftime("%Y%m%d") + self.digits(3)
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]

    def cpr(self) -> str:
        day = self.day(1940, 1999)
        return day.strftime("%d%m%y") + "-" + str(self.random.randrange(0, 4000)).zfill(4)

    def bsn(self) -> str:
        while True:
            body = str(self.random.randrange(1, 4)) + self.digits(7)
            check = sum(int(d) * w for d, w in zip(body, range(9, 1, -1), strict=True)) % 11
            if check < 10:
                return body + str(check)

    def idnr(self) -> str:
        while True:
            kept = self.random.sample("0123456789", 9)
            kept.insert(self.random.randrange(1, 9), self.random.choice(kept))
            body = "".join(kept)
            product = 10
            if body[0] == "0" or any(body[at] == body[at + 1] == body[at + 2] for at in range(8)):
                continue
            for digit in body:
                total = (int(digit) + product) % 10 or 10
                product = total * 2 % 11
            return body + str((11 - product) % 10)

    def nir(self) -> str:
        body = self.pick("1", "2") + self.day().strftime("%y%m") + str(self.random.randrange(1, 95)).zfill(2)
        body += str(self.random.randrange(1, 600)).zfill(3) + str(self.random.randrange(1, 700)).zfill(3)
        return body + str(97 - int(body) % 97).zfill(2)

    def dni(self) -> str:
        number = self.random.randrange(10_000_000, 80_000_000)
        return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"

    def personnummer(self) -> str:
        body = self.day(1940, 2010).strftime("%y%m%d") + self.digits(3)
        return f"{body[:6]}-{body[6:]}{_luhn(body)}"

    def nino(self) -> str:
        letters = self.random.choice("ABCEHJ") + self.random.choice("ABCEHJ")
        return f"{letters}{self.digits(6)}{self.random.choice('ABCD')}"

    # Ways to reach people

    def mobile(self, language: str) -> str:
        d = self.digits
        forms = {
            "zh": lambda: self.pick("130", "131", "135", "136", "138", "139", "150", "151", "158", "159", "166", "177",
                                    "180", "186", "187", "188", "189", "198", "199") + d(8),
            "da": lambda: self.pick("20", "21", "22", "23", "26", "28", "30", "31", "40", "41", "51", "53", "60", "61") + d(6),
            "de": lambda: self.pick("0151 ", "0160 ", "0170 ", "0171 ", "0172 ", "0175 ") + self.pick("2", "3", "5") + d(6) ,
            "fr": lambda: self.pick("06 ", "06 ") + self.pick("10", "12", "23", "45", "61", "82") + "".join(f" {d(2)}" for _ in range(3)),
            "nl": lambda: self.pick("06-1", "06-2", "06-3", "06-5") + d(7),
            "es": lambda: self.pick("6", "6") + self.pick("10", "20", "36", "49", "55", "60", "76") + d(6),
            "en": lambda: self.pick("07400 ", "07700 ", "07801 ", "07911 ") [:6] + d(6),
        }  # fmt: skip
        return forms[language]()

    def abroad(self, language: str) -> str:
        codes = {"zh": "86", "da": "45", "de": "49", "fr": "33", "nl": "31", "es": "34", "en": "44"}
        return f"+{codes[language]} {self.mobile(language).lstrip('0')}"

    def landline(self, language: str) -> str:
        d = self.digits
        forms = {
            "zh": lambda: f"{self.pick('010', '021', '0571', '0755', '027', '0591')}-{self.pick('2', '6', '8')}{d(6)}{d(1)}",
            "da": lambda: self.pick("86", "87", "89", "65", "66", "33", "35") + d(6),
            "de": lambda: f"{self.pick('030', '0421', '0561', '0361', '0731')} {self.pick('2', '3', '4', '9')}{d(5)}",
            "fr": lambda: f"{self.pick('01', '02', '03', '04', '05')} " + " ".join(
                [self.pick("40", "72", "80", "22", "91"), d(2), d(2), d(2)]),
            "nl": lambda: f"{self.pick('030', '038', '076', '020')}-{self.pick('2', '4', '5')}{d(6)}",
            "es": lambda: self.pick("954", "968", "986", "987", "912") + d(6),
            "en": lambda: self.pick("0113 ", "0117 ", "020 7") + d(3) + " " + d(4),
        }  # fmt: skip
        return forms[language]()

    def own_email(self, language: str) -> str:
        if language == "zh":
            local = self.pick(self.digits(9), "wang", "lihua", "zhangwei") + self.digits(3)
        else:
            local = self.name(language).lower().replace(" ", self.pick(".", "_", "")).replace("'", "")
            local = "".join(letter for letter in local if letter.isascii()) + self.pick("", self.digits(2))
        return f"{local}@{self.random.choice(FREE[language])}"

    def work_email(self, language: str) -> str:
        first, last = self.name(language).lower().split(" ", 1)
        word = "".join(letter for letter in last.split()[-1] if letter.isascii() and letter.isalpha())
        first = "".join(letter for letter in first if letter.isascii())
        return f"{first}.{word}@{self.pick('firma', 'energi', 'nordvest', 'bygning')}.example"

    def passport(self, language: str) -> str:
        if language == "zh":
            return self.pick("E", "E", "G", "EA", "EB")[:1] + self.digits(8)
        return self.pick("C", "L", "N", "P", "X") + self.digits(7) + self.pick("", "A", "K")

    def card(self) -> str:
        if self.pick(True, True, False):
            body = self.pick("621700", "622202", "622848", "621661") + self.digits(12)
        else:
            body = self.pick("4", "51", "55") + self.digits(14)
            body = body[:15]
        return body + _luhn(body)

    def iban(self, language: str) -> str:
        country, length = {"da": ("DK", 14), "de": ("DE", 18), "nl": ("NL", 10), "es": ("ES", 20), "fr": ("FR", 23),
                           "en": ("DE", 18), "zh": ("DE", 18)}[language]  # fmt: skip
        body = self.digits(length)
        if country == "NL":
            body = self.pick("INGB", "RABO", "ABNA") + body
        number = "".join(str(int(letter, 36)) for letter in body + country + "00")
        return f"{country}{98 - int(number) % 97:02d}{body}"

    # What is not personal

    def credit_code(self) -> str:
        letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        body = "91" + self.random.choice(COUNTIES) + "".join(self.random.choices(letters, k=9))
        weights = [3**at % 31 for at in range(17)]
        total = sum(letters.index(letter) * weight for letter, weight in zip(body, weights, strict=True))
        return body + letters[(31 - total % 31) % 31]

    def isbn(self) -> str:
        body = "978" + self.digits(9)
        total = sum(int(digit) * (1, 3)[at % 2] for at, digit in enumerate(body))
        return body + str(-total % 10)

    def body(self, language: str) -> str:
        town = self.random.choice(TOWNS[language])
        names = {
            "zh": ("民政局", "第一小学", "人民医院", "卫生院", "社区服务中心", "图书馆", "派出所", "养老院", "残疾人联合会"),
            "da": (" Kommune", " Bibliotek", " Skole", "hus Plejehjem", " Museum"),
            "de": (" Stadtverwaltung", " Bürgeramt", " Gymnasium Schule", " Stadtbibliothek", " Jugendamt"),
            "fr": (" Mairie", " Médiathèque Service", " École primaire", " Centre social"),
            "nl": (" Gemeente", " Bibliotheek", " School", " Museum"),
            "es": (" Ayuntamiento", " Biblioteca Centro", " Colegio", " Museo"),
            "en": (" City Council", " Library", " Primary School", " Hospital"),
        }  # fmt: skip
        return town + self.random.choice(names[language])

    def office_email(self, language: str) -> str:
        locals_ = {
            "zh": ("bgs", "xxgk", "mzj", "office", "szyy"), "da": ("post", "skole", "bibliotek", "kommunen"),
            "de": ("poststelle", "info", "buergerbuero", "bibliothek"), "fr": ("mairie", "accueil", "contact", "secretariat"),
            "nl": ("info", "gemeente", "post", "receptie"), "es": ("info", "registro", "ayuntamiento", "oficina"),
            "en": ("enquiries", "info", "office", "library"),
        }  # fmt: skip
        town = (
            "".join(letter for letter in self.random.choice(TOWNS[language]).lower() if letter.isascii()) or "shiqiao"
        )
        return f"{self.random.choice(locals_[language])}@{town}.example"


def _luhn(body: str) -> str:
    total = 0
    for at, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
