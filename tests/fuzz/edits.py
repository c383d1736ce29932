"""Bytes as a list of edits of a good file: so even blind bytes make files that are nearly right, where faults hide."""

from __future__ import annotations

# What means something to one of the readers, each of which gets all of it. New ones go to the end, or the corpus
# would stand for other edits.
TOKENS: tuple[bytes, ...] = (
    b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\xc2\x85",
    b"\t", b" ",
    b'"', b"'", b",", b";", b"|", b":", b": ", b"- ", b"[", b"]", b"{", b"}", b"#", b"&a ", b"*a", b"!!python/name:os ",
    b"!x ", b"<<: ", b"? ", b"---\n", b"...\n", b"%YAML 9.9\n", b"|\n", b">-\n", b"null", b"~",
    b"true", b"no", b".nan", b".inf",
    b"-1", b"0", b"1e999", b"0x10", b"1_000", b"12:30", b"2021-02-30", b"9" * 400, b"x" * 300, b"[" * 70, b"{a: " * 70,
    b"../", b"/etc/passwd", b"C:\\x", b"..", b".", b"con", b"latest", b"1.0.0", b"99999999999999999999.0.0", b"$schema",
    b"title@en: ", b"title@xx: ", b"name: ", b"fields: ", b"type: ", b"constraints: ", b"pattern: ", b"enum: ",
    b"foreignKeys: ", b"primaryKey: ", b"missingValues: ", b"dialect: ", b"delimiter: ", b"encoding: ", b"resources: ",
    b"integer", b"number", b"date", b"list", b"geojson", b"(a+)+$", b"(?<=", b"\\1", b"[[:alpha:]]", b"\\",
    b"<script>", b"</script>", b"{{ 7*7 }}", b"{% x %}", b"](javascript:x)", b"![", b"```", b"~~~",
    b"<!--", b"-->", b"&#x", b"&lt;",
    b"SELECT ", b"FROM ", b"(", b")", b"read_csv('/etc/passwd')", b"/*", b"--",
    b"WITH RECURSIVE ", b"UNION ALL ", b"::", b"$1", b"?",
    b"{x}", b"{v}", b"{0}", b"{{", b"%s", b"$x", b"''", b"\\'", b"\n.", b"\n#", b"$ref: ", b'{"$ref": "#/x"}',
    b"[a](//example.org)", b"[a][b]", b"](../..)", b"a|b", b" | ", b"trueValues: ", b"categories: ", b"format: ",
    b"bandPosition: ", b"timeUnit: year", b"1e1000000",
)  # fmt: skip


LONGEST = 20_000  # bytes; copies of copies would grow beyond any file


def edited(source: bytes, script: bytes) -> bytes:
    """`source` after the edits that `script` stands for: four bytes an edit (place, place, what, with what)."""
    found = source
    for at in range(0, len(script) - 3, 4):
        if len(found) > LONGEST:
            break
        place = int.from_bytes(script[at : at + 2], "big") % (len(found) + 1)
        token = TOKENS[script[at + 3] % len(TOKENS)]
        match script[at + 2] % 5:
            case 0:
                found = found[:place] + token + found[place:]
            case 1:
                end = found.find(b"\n", place)
                found = found[:place] + token + (found[end:] if end >= 0 else b"")
            case 2:
                found = found[:place] + found[place + 1 + script[at + 3] % 40 :]
            case 3:
                end = found.find(b"\n", place) + 1 or len(found)
                found = found[:end] + found[place:end] + found[end:]
            case _:
                found = found[:place] + script[at + 3 : at + 4] + found[place + 1 :]
    return found
