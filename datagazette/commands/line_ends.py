"""The line ends of released files, which git changes where nothing keeps it from that: their hashes hold for bytes."""

from __future__ import annotations

from pathlib import Path

from datagazette.build.checked import chosen_releases, load
from datagazette.files import replace_atomically, sha256, with_line_ends
from datagazette.load.files import DATASETS, SCHEMAS, fault

_ATTRIBUTES = ".gitattributes"
_REASON = "# The hashes of releases hold for the bytes of these files: git must not change their line ends.\n"


def keep_line_ends(root: Path) -> bool:
    """Writes into the publication's `.gitattributes` that git leaves line ends alone; False where that is said."""
    path = root / _ATTRIBUTES
    text = path.read_bytes() if path.exists() else b""
    missing = [folder for folder in (DATASETS, SCHEMAS) if not _is_kept(text, folder)]
    if not missing:
        return False
    added = _REASON + "".join(f"{folder}/** -text\n" for folder in missing)
    start = text + (b"\n" if text and not text.endswith(b"\n") else b"")
    replace_atomically(path, start + added.encode())
    return True


def _is_kept(attributes: bytes, folder: str) -> bool:
    """Whether a line of the attributes is about all files of the folder and says that they are no text."""
    lines = (line.split() for line in attributes.decode("utf-8", "replace").splitlines())
    places = {"*", "**", f"{folder}/**", f"/{folder}/**"}
    return any(line[0] in places and {"-text", "binary"} & set(line[1:]) for line in lines if line)


def restore_line_ends(root: Path) -> tuple[str, ...]:
    """The released files that only lacked the line ends of their release, and have them now; relative to the root.

    What else differs in a released file is left to the check.
    """
    publication = load(root).publication
    restored = []
    for release in chosen_releases(publication, ()) if publication else ():
        for name, digest in release.files.items():
            path = root / release.folder / name
            if fault(path, root) or sha256(path) == digest:
                continue
            found, content = with_line_ends(path.read_bytes(), digest)
            if found:
                replace_atomically(path, content)
                restored.append(f"{release.folder}/{name}")
    if restored:
        keep_line_ends(root)
    return tuple(restored)
