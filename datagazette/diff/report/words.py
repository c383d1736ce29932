"""The texts of a comparison's report: `comparison.yaml` of each language, a sentence for each key.

`key.one` is said where the count is one.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from datagazette.diff.report.blocks import Line
from datagazette.messages import texts


@dataclass(frozen=True)
class Words:
    """`say` makes a line; values stay what they are, so that a Code among them is shown as code."""

    language: str
    texts: Mapping[str, str]

    def say(self, key: str, **values: str | Line) -> Line:
        return tuple(_filled(self.texts[key], values))

    def count(self, key: str, number: int, **values: str | Line) -> Line:
        """A sentence with a count, which fills `{count}` with its thousands set apart."""
        single = f"{key}.one"
        return self.say(single if number == 1 and single in self.texts else key, count=f"{number:,}", **values)

    def plain(self, key: str) -> str:
        return self.texts[key]

    def name(self, key: str, otherwise: str) -> str:
        """A word for something that may have none."""
        return self.texts.get(key, otherwise)


def words(language: str) -> Words:
    return Words(language, texts("comparison", language))


def _filled(template: str, values: Mapping[str, str | Line]) -> Iterator[str]:
    for text, name, _, _ in string.Formatter().parse(template):
        if text:
            yield text
        if name:
            value = values[name]
            if isinstance(value, str):
                yield value
            else:
                yield from value
