"""Checking tables against their schemas: Frictionless's verdicts, found by DuckDB."""

from publisher.checks.run import check_tables
from publisher.checks.source import DEFAULT_LIMIT, TableReport, TableSource

__all__ = ["DEFAULT_LIMIT", "TableReport", "TableSource", "check_tables"]
