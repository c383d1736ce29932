"""`boolean`: a field lists the texts of its two values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from datagazette.tables.sql import literal, literals
from datagazette.tables.types.field_type import Candidate, FieldType, Guess, Reading, Shown, ValueReader, holds
from datagazette.tables.types.numbers import number_key


class Boolean(FieldType):
    family = "number"
    kind = "BOOLEAN"
    hashed = False
    safe_in_sheets = True
    guesses = (
        Guess(r"(?i)true|false"),
        Guess(r"是|否", {"trueValues": ["是"], "falseValues": ["否"]}),
        Guess(r"(?i)yes|no", {"trueValues": ["yes", "Yes", "YES"], "falseValues": ["no", "No", "NO"]}),
    )

    def _values(self) -> dict[str, bool]:
        """The texts of the field; one that is listed for both values is false, as in Frictionless."""
        true = self.field.descriptor.get("trueValues", ("true", "True", "TRUE", "1"))
        false = self.field.descriptor.get("falseValues", ("false", "False", "FALSE", "0"))
        return {**dict.fromkeys(true, True), **dict.fromkeys(false, False)}

    def _true_texts(self) -> list[str]:
        return [text for text, value in self._values().items() if value]

    def reader(self) -> ValueReader:
        values = self._values()

        def read(cell: Any) -> bool | None:
            if isinstance(cell, bool):
                return cell
            return values.get(cell) if isinstance(cell, str) else None

        return read

    @staticmethod
    def key(value: bool) -> str:
        return number_key(value)

    def sql(self, x: str, v: str, /) -> Reading:
        values, true = self._values(), self._true_texts()
        if not values:
            return Reading("NULL", "FALSE", wrong="TRUE")
        value = f"({x} IN ({literals(true)}))" if true else "FALSE"
        known = f"{x} IN ({literals(values)})"
        return Reading(value, known, wrong="TRUE", key=f"CASE WHEN {v or value} THEN '1' ELSE '0' END")

    def candidates(self, x: str, /) -> Sequence[Candidate]:
        is_true = " OR ".join(f"{x} = {literal(text)}" for text in self._true_texts())
        return [Candidate(is_true or "FALSE", "BOOLEAN", "TRUE")]

    def shape(self, ends: str, _: str, /) -> str | None:
        return "|".join(re.escape(text) for text in self._values() if not holds(text, ends)) or None

    def shown(self, text: str) -> Shown:
        return Shown(text.lower() == "true") if text.lower() in ("true", "false") else Shown(text)


TYPES: dict[str, type[FieldType]] = {"boolean": Boolean}
