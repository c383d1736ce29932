"""Programs that read our citations: which facts are in what a person gets from each."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.readers.programs import MATRIX, READERS, debian, of_python, output
from tests.readers.published import Published

CITED = "---\nnocite: '@*'\n---\n"
_PYBTEX = "import sys, pybtex; print(pybtex.format_from_file(sys.argv[1], style='plain', output_backend='plaintext'))"
_RISPY = "import sys, rispy; print(rispy.load(open(sys.argv[1], encoding='utf-8')))"


@dataclass(frozen=True)
class Citer:
    """A program for one file of citations; `text` is what it makes of the file."""

    name: str
    file: str
    text: Callable[[Path, Path], str]
    version: Callable[[], str]
    package: str = ""

    @property
    def is_installed(self) -> bool:
        return shutil.which("pandoc") is not None if self.package else MATRIX.exists()

    def verdict(self, published: Published, folder: Path) -> str:
        """The facts that are missing, with the number of releases where they are."""
        folder.mkdir(parents=True, exist_ok=True)
        missing = Counter(name for release in published.releases for name in self.missing(release, folder))
        return f"without {', '.join(f'{name} ({count})' for name, count in missing.items())}" if missing else "all"

    def missing(self, release: Path, folder: Path) -> Iterator[str]:
        """Each fact is looked for in what the others have left: an address has the version too."""
        try:
            text = bare(self.text(release / self.file, folder))
        except subprocess.CalledProcessError:
            yield "anything: not read"
            return
        for name, fact in facts(release):
            if bare(fact) not in text:
                yield name
            text = text.replace(bare(fact), " ", -1 if name == "address" else 1)


def facts(release: Path) -> Iterator[tuple[str, str]]:
    """What a citation should name, from the file in CSL's own form."""
    (cited,) = json.loads((release / "citation.json").read_text("utf-8"))
    yield "address", cited["URL"]
    yield "title", cited["title"]
    yield from (("author", author["literal"]) for author in cited["author"])
    yield from ((name, cited[name]) for name in ("publisher", "version"))
    yield "year", str(cited["issued"]["date-parts"][0][0])


def bare(text: str) -> str:
    """Letters and digits alone: a style has quotation marks and dashes of its own."""
    return " ".join(re.findall(r"\w+", text))


def printed(path: Path, folder: Path) -> str:
    """The reference as pandoc prints it in its usual style."""
    (folder / "cite.md").write_text(CITED, "utf-8")
    return output("pandoc", "--citeproc", f"--bibliography={path}", "--to=plain", "--wrap=none", folder / "cite.md")


def converted(form: str) -> Callable[[Path, Path], str]:
    return lambda path, _: output(MATRIX.with_name("cffconvert"), "--infile", path, "--format", form)


PANDOC, CFFCONVERT = partial(debian, "pandoc"), partial(of_python, MATRIX, "cffconvert")

CITERS = [
    Citer("pandoc, BibTeX", "citation.bib", printed, PANDOC, "pandoc"),
    Citer("pandoc, CSL", "citation.json", printed, PANDOC, "pandoc"),
    Citer("pybtex, style plain", "citation.bib", lambda path, _: output(READERS, "-c", _PYBTEX, path),
          partial(of_python, READERS, "pybtex")),
    Citer("cffconvert, to APA", "CITATION.cff", converted("apalike"), CFFCONVERT),
    Citer("cffconvert, to BibTeX", "CITATION.cff", converted("bibtex"), CFFCONVERT),
    Citer("rispy", "citation.ris", lambda path, _: output(MATRIX, "-c", _RISPY, path),
          partial(of_python, MATRIX, "rispy")),
]  # fmt: skip
