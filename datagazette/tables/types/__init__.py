"""The field types of Table Schema, one module for each family of them.

How to add a field type
=======================

Say Table Schema and Frictionless get a type `money`, an amount with its currency ("12.50 EUR"). Two steps:

1. Write `datagazette/tables/types/money.py`, with one class (`field_type.FieldType` explains each part):

       class Money(FieldType):
           family = "money"              # an amount never equals a number
           guesses = (Guess(r"[0-9]+(\\.[0-9]{2})? [A-Z]{3}"),)

           def reader(self) -> ValueReader:
               return _read              # "12.50 EUR" -> ("EUR", Decimal("12.50")), or None: what a value is

           @staticmethod
           def key(value: tuple[str, Decimal]) -> str:
               return f"{value[0]}|{value[1].normalize()}"     # a text that equal values share: "EUR|12.5"

           def sql(self, x: str, v: str, /) -> Reading:
               ...                       # the same in SQL, so that good cells cost nothing

       TYPES = {"money": Money}

   Only `family` is needed. Without `reader`, Frictionless reads the cells; without `sql`, Python reads each distinct
   text; without `candidates`, the Parquet column is text; without `shown`, so is the spreadsheet's cell; without
   `guesses`, `new` never proposes the type. Add what is too slow or too plain without it.

2. Name its `TYPES` below.

Then compare it with Frictionless: add cells to `_POOLS` in `tests/checks/cases.py`, and `tests/checks` makes up tables
with fields of the type and compares both reports. Where SQL says that a cell is fine or wrong, Python must say so too;
where you are not sure, `sql` leaves the cell in doubt. The type's name for readers is in `site/strings/`, and what a
message says of a wrong cell in `datagazette/messages/en/problems/cells.yaml` (`type-error`) and its translations.
Columns of summaries (`compute.summaries`) and CSVW (`describe.json_ld`) take an unknown type for text.
"""

from __future__ import annotations

from collections.abc import Mapping

from datagazette.tables.types import booleans, dates, json, numbers, text
from datagazette.tables.types.field_type import FieldType

TYPES: Mapping[str, type[FieldType]] = {
    **text.TYPES,
    **numbers.TYPES,
    **dates.TYPES,
    **booleans.TYPES,
    **json.TYPES,
}
