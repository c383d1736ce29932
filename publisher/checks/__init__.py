"""Checking tables against their schemas: Frictionless's verdicts, found by DuckDB."""

from publisher.checks.by_frictionless import check_resource
from publisher.checks.run import check_tables
from publisher.checks.source import DEFAULT_LIMIT, TableReport, TableSource
from publisher.checks.typed import typed_select

__all__ = ["DEFAULT_LIMIT", "TableReport", "TableSource", "check_resource", "check_tables", "typed_select"]
