"""What needs more memory than the database may use is a problem with the limit and the option, not DuckDB's advice."""

from __future__ import annotations

from pathlib import Path

import pytest

from datagazette.commands.authoring import read_bounded
from datagazette.compute.queries import ask
from datagazette.model.errors import UsageError
from datagazette.model.problems import message
from datagazette.tables.engine import Limits, connect
from tests.conftest import call_build


def test_a_table_that_needs_more_than_the_limit_says_the_limit_and_the_option(tmp_path: Path) -> None:
    rows = "".join(f"A{number},{number}\n" for number in range(60_000))  # a small table needs no database
    (tmp_path / "t.csv").write_text(f"k,v\n{rows}", "utf-8")
    (tmp_path / "s.json").write_text('{"fields": [{"name": "k"}, {"name": "v", "type": "integer"}]}', "utf-8")
    words = ("check", tmp_path / "t.csv", "--schema", tmp_path / "s.json", "--memory-limit", "1MB")
    done = call_build(*words)
    assert done.status == 1
    assert "t.csv” needs more memory than the database may use (0.5 MB)." in done.out
    assert "--memory-limit 8GB" in done.out
    assert "SET " not in done.said
    assert "所需的内存超过了数据库可用的 0.5 MB" in call_build(*words, language="zh").out


def test_a_query_that_needs_more_than_the_limit_says_the_limit() -> None:
    with connect(Limits(memory="20MB", threads=1)) as engine:
        query = "SELECT list(range) AS l FROM range(20_000_000)"
        answer, (found,) = ask(engine, query, "q.sql")
    assert answer is None
    assert message(found, "en") == "The query needs more memory than one query may use (20 MB)."


def described() -> None:
    with connect(Limits(memory="20MB", threads=1)) as engine:
        engine.rows("SELECT list(range) FROM range(20_000_000)")


@pytest.mark.thorough
def test_a_file_that_takes_more_memory_to_describe_than_new_has_is_named_with_the_limit(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_bounded(described, root=tmp_path, files=[tmp_path / "counts.csv"])
    assert "reading counts.csv takes more than 2 GB of memory, which is the limit" in caught.value.text("en")
