"""What pages print for a reader's shell or Python: no word of a query is a part of it, and every word is quoted."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from datagazette.model.results import ReleaseResult
from datagazette.pages.context import PageContext
from datagazette.pages.reuse import RecipeView, recipe
from tests.pages import sample

MARKER = "marker_of_the_query"
# Words that a shell, the command line of a database or Python would take for more than text.
_QUERIES = (
    f"-- .print {MARKER}\nSELECT 1 AS a FROM people",
    f"/*\n.print {MARKER}\n#{MARKER}\n*/ SELECT 1 AS a FROM people",
    f"SELECT '\n  .print {MARKER}\n' AS a FROM people",
    f"SELECT 1 AS a FROM people -- {MARKER}\nSQL\necho {MARKER}",
    f'SELECT $$\n"""\n{MARKER}\n$$ AS a FROM people',
    f"SELECT '\\' AS {MARKER} FROM people",
)
_BASES = (
    "https://x.example/it's/",
    'https://x.example/"/',
    "https://x.example/$(echo marker_of_the_address)/",
    "https://x.example/`echo marker_of_the_address`/",
    "https://x.example/a b;echo marker_of_the_address/",
    "https://x.example/\\/",
)
_STUBS = 'curl() { for word in "$@"; do printf \'%s\\n\' "$word"; done; }\nduckdb() { cat >/dev/null; }\n'


def recipe_of(query: str = "SELECT 1 AS a FROM people", base: str = "https://x.example/") -> RecipeView:
    result: ReleaseResult = sample.result_110()
    summary = replace(result.summaries[0].summary, query=query)
    changed = replace(result, summaries=(replace(result.summaries[0], summary=summary),))
    content = sample.content(changed)
    catalog = replace(content.catalog, base_url=base)
    content = replace(content, publication=replace(content.publication, catalog=catalog))
    return recipe(PageContext(content, "en", "datasets/people/"), changed, summary)


@pytest.mark.parametrize("query", _QUERIES)
def test_no_word_of_a_query_is_a_part_of_a_command(query: str) -> None:
    """A program that reads commands has rules of its own on lines, comments and quotes, so it reads the file."""
    found = recipe_of(query)
    assert MARKER not in found.command + found.python
    assert recipe_of("SELECT 2 AS b FROM people").command == found.command


@pytest.mark.parametrize("query", _QUERIES)
def test_every_line_for_the_database_is_one_of_ours(query: str) -> None:
    command = recipe_of(query).command
    _, _, lines = command.partition("<<'SQL'\n")
    assert lines.endswith("\nSQL")
    assert all(line.startswith(("CREATE ", "SET ", "FROM ")) for line in lines.split("\n")[:-1])


def test_a_comment_cannot_end_the_shell_command() -> None:
    command = recipe_of("SELECT 1 /*\nSQL\nrm -rf ~\nSQL_\n*/ AS a FROM people").command
    assert command.splitlines().count("SQL") == 1
    assert "rm -rf" not in command


@pytest.mark.parametrize("base", _BASES)
def test_an_address_is_one_word_of_the_shell(base: str, tmp_path: Path) -> None:
    found = recipe_of(base=base)
    done = subprocess.run(
        ["sh", "-c", _STUBS + found.command], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=600
    )
    assert not done.stderr
    words = done.stdout.splitlines()
    assert words[0::3] == ["-fo"] * (len(found.inputs) + 1)
    assert words[1::3] == [*(one.file for one in found.inputs), found.query.file]
    assert words[2::3] == [*(one.address for one in found.inputs), found.query.address]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("base", _BASES)
def test_an_address_is_one_text_of_the_program_in_python(base: str) -> None:
    code = recipe_of(base=base).python
    fetching = [line for line in code.splitlines() if line.startswith("urlretrieve(")]
    said = "def urlretrieve(address, file):\n    print(address)\n" + "\n".join(fetching)
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True, timeout=600)
    assert all(line.startswith(base) for line in done.stdout.splitlines())
    compile(code, "recipe", "exec")


def test_the_query_is_fetched_as_the_file_that_is_published() -> None:
    found = recipe_of()
    assert found.query.address.endswith(f"/summaries/{found.query.title}")
    lines = found.command.splitlines()
    fetched = [shlex.split(line) for line in lines if line.startswith("curl ")]
    assert fetched[-1] == ["curl", "-fo", found.query.file, found.query.address]
    assert f"read_text('{found.query.file}')" in found.command
