"""Checking tables against their schemas: Frictionless's verdicts, found by DuckDB."""

import warnings

from publisher.checks.run import check_tables
from publisher.checks.source import DEFAULT_LIMIT, TableReport, TableSource

__all__ = ["DEFAULT_LIMIT", "TableReport", "TableSource", "check_tables"]

# Python warns of patterns that it may read otherwise one day; what counts is how it and Frictionless read them now.
warnings.filterwarnings("ignore", "Possible (nested set|set )", FutureWarning)
