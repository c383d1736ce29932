"""Checking tables against their schemas: Frictionless's verdicts, found by DuckDB.

`run.check_tables` does it. It is not imported here, so that who only reads a report need not wait for it.
"""

import warnings

from datagazette.tables.source import DEFAULT_LIMIT, TableReport, TableSource

__all__ = ["DEFAULT_LIMIT", "TableReport", "TableSource"]

# Python warns of patterns that it may read otherwise one day; what counts is how it and Frictionless read them now.
warnings.filterwarnings("ignore", "Possible (nested set|set )", FutureWarning)
