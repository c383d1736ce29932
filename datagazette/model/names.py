"""Names, versions and web addresses: what an address can hold, and which version comes first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

from datagazette.model.limits import ADDRESS_CHARACTERS, COMPARED

# Data Package v2, `name`: lower case, and what an address and a file name can hold.
_NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")

# What Windows keeps for devices, with any ending, and the characters that no name may have there.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_NOT_ON_WINDOWS = re.compile(r'[<>:"\\|?*\x00-\x1f]|[. ]$')

LATEST = "latest"
# Addresses below /datasets/<id>/ that are pages of their own.
RESERVED_NAMES = frozenset({LATEST, "explore", "feed", "index", "page", "summaries", "con", "nul", "aux", "prn"})
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
# No character that means anything to a shell, to HTML or to an address itself.
_BASE = re.compile(
    r"https?://(?:[\w-]+(?:\.[\w-]+)*\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/(?:[\w.~+,=@:-]|%[0-9A-Fa-f]{2})*)*"
)


def is_name(value: object) -> bool:
    """Whether `value` can name a dataset, resource, summary or check, and so a file and an address."""
    return isinstance(value, str) and len(value) <= 100 and bool(_NAME.fullmatch(value))


def is_portable(name: str) -> bool:
    """Whether a file or a folder can have this name on every system that a site is copied to."""
    return not _DEVICE.fullmatch(name) and not _NOT_ON_WINDOWS.search(name)


def is_language(value: str) -> bool:
    """Whether `value` can be the code of a language (RFC 5646: `zh`, `pt-BR`), and so a part of addresses and of files'
    names; `api` would have the address of something else."""
    return len(value) <= 35 and value != "api" and bool(_LANGUAGE.fullmatch(value))


def usual_code(language: str) -> str:
    """A language's code in the case that it usually has (RFC 5646, 2.1.1): `en`, `pt-BR`, `zh-Hant`."""
    first, *others = language.lower().split("-")
    known = {2: str.upper, 4: str.title}
    return "-".join((first, *(known.get(len(part), str)(part) for part in others)))


@dataclass(frozen=True, order=True)
class Version:
    """MAJOR.MINOR.PATCH of the Data Package versioning recipe; 1.10.0 comes after 1.9.0."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def bumped(self, part: str) -> Version:
        """The next version after a `major`, `minor` or `patch` change."""
        if part == "major":
            return Version(self.major + 1, 0, 0)
        if part == "minor":
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


def parse_version(value: object) -> Version | None:
    """The version that a string such as `1.0.0` writes, or None."""
    found = _VERSION.fullmatch(value) if isinstance(value, str) else None
    return Version(*map(int, found.groups())) if found else None


def near_version(value: str) -> str:
    """The version that a folder's name such as `v1.1` or `1.1.0 ` probably means, or an empty string."""
    found = re.fullmatch(r"\D{0,8}(\d{1,3})(?:[._-](\d{1,3}))?(?:[._-](\d{1,3}))?\D{0,8}", value)
    return ".".join(str(int(part or 0)) for part in found.groups()) if found else ""


def nearest(name: str, known: Iterable[str], likeness: float = 0.75) -> str:
    """The known name that was probably meant, or an empty string: case, hyphens and two swapped letters are slips.

    `likeness` is difflib's ratio, from 0 to 1.
    """
    from difflib import get_close_matches

    by_letters = {_letters(name): name for name in known}
    found = get_close_matches(_letters(name), by_letters, 1, likeness)
    return by_letters[found[0]] if found else ""


def slip(name: str, known: Iterable[str]) -> str:
    """The known name that differs by one or two letters, or by one where it is short; an empty string where there is
    none. A known name with another word after it, such as `title-pt`, is a name of its own."""
    written = name.casefold()
    for meant in known:
        word, rest = meant.casefold(), name[len(meant) :]
        is_longer = written.startswith(word) and (rest[:1].isupper() or not rest[:1].isalpha())
        if not is_longer and _edits(written, word) <= (2 if len(word) > 4 else 1):
            return meant
    return ""


def _edits(one: str, other: str) -> int:
    """How many letters are added, left out, exchanged or swapped with the next between two words; three where one is
    longer by more than two."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row: list[int] = [*range(len(other) + 1)]
    for at, letter in enumerate(one, 1):
        before, last, row = row, before, [at]
        for place, expected in enumerate(other, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != expected))
            if at > 1 and place > 1 and (letter, one[at - 2]) == (other[place - 2], expected):
                cost = min(cost, last[place - 2] + 1)
            row.append(cost)
    return row[-1]


class NearMisses:
    """Looks for near misses in one file, a few times only: where thousands of names are unknown, they are no slips."""

    def __init__(self, most: int = COMPARED) -> None:
        self._left = most

    def nearest(self, name: str, known: Collection[str], likeness: float = 0.75) -> str:
        """As the function `nearest`; an empty string once enough names have been compared."""
        return nearest(name, known, likeness) if self._may_compare(known) else ""

    def slip(self, name: str, known: Collection[str]) -> str:
        """As the function `slip`; an empty string once enough names have been compared."""
        return slip(name, known) if self._may_compare(known) else ""

    def _may_compare(self, known: Collection[str]) -> bool:
        if len(known) > self._left:
            return False
        self._left -= len(known)
        return True


def _letters(name: str) -> str:
    return re.sub(r"[-_ ]", "", name.casefold())


def address_parts(address: str) -> SplitResult | None:
    """The parts of an address or of a path; None for what can be neither, such as `http://[` (RFC 3986, 3.2.2)."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - it is read only when it is asked for, and may be none
    except ValueError:
        return None
    return parts


def is_site_address(address: str) -> bool:
    """Whether a site can be at an address: http or https, and a host."""
    parts = address_parts(address)
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)


def is_base_address(address: str) -> bool:
    """Whether all addresses of a site can begin with this one, in every file and command that they are written into."""
    is_plain = len(address) <= ADDRESS_CHARACTERS and bool(_BASE.fullmatch(address))
    return is_plain and is_site_address(address)


def is_email(text: str) -> bool:
    """Whether a text is one e-mail address and nothing else."""
    return len(text) <= 254 and bool(_EMAIL.fullmatch(text))


def is_mail_link(address: str) -> bool:
    """Whether a `mailto:` link has one receiver; it may say what the letter is about."""
    parts = address_parts(address)
    if parts is None or parts.scheme != "mailto":
        return False
    said = {key.lower() for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
    return is_email(parts.path) and said <= {"subject"}
