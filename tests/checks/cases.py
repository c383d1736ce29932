"""Tables and schemas made up by hypothesis: every type, format, option, constraint, dialect and fault."""

from __future__ import annotations

import copy
import hashlib
from typing import Any

from hypothesis import strategies as st

from tests.checks import stamps
from tests.checks.both import Resource

_NUMBERS = (
    "0", "1", "-1", "+1", "01", "1_0", "1__0", " 1", "1 ", "１", "५", "1.0", "1.", ".5", "-.5", "1e3", "1E+3", "1e-3",
    "nan", "NaN", "inf", "-inf", "Infinity", "1e400", "9223372036854775807", "9223372036854775808", "0.1", "0.10",
    "123456789012345678901234567890", "0.1000000000000000055", "1,000", "$5", "5%", "€1.234,50", "0x1F", "--1", "1-",
    "+-1", "\t1", "1\u00a0", "1 000", "-0", "1.50", "1.5", "２.5", "1/2", "2", "3", "10", "99", "100", "1.2.3", "_1", "1_",
    "1e1000000", "1e-1000000", "0.30000000000000004", "0.3", "1e", "e1", ".", "+", "1.5e300", "1e309", "00", "1d", "True", "²",
)  # fmt: skip
_DATES = (
    "2020-01-01", "2020-1-1", "2020-02-29", "2021-02-29", "20-01-01", "2020/01/01", " 2020-01-01", "2020-01-01 ",
    "0001-01-01", "0000-01-01", "9999-12-31", "12020-01-01", "2020-01-01T00:00:00", "01/02/2020", "1/2/2020",
    "31/12/1999", "2020-01- 1", "２０２０-01-01", "epoch", "infinity", "2020-01-01 (BC)", "Jan 5 2020", "20200101", "2020-W01-1",
    "2020-13-01", "2020-00-01", "2019-12-31", "2020-06-15",
)  # fmt: skip
_CLOCKS = (
    "10:00:00", "1:00:00", "10:00", "24:00:00", "24:00:01", "23:59:59", "23:59:60", "10:00:00.5", "10:00:00Z",
    "10:00:00+01:00", "10:00:00+01", "10:00:00 ", "100000", "10.00.00", "10:00:00.1234567", "10:00:00,5", "00:00:00",
    "25:00:00", "10:60:00", "１0:00:00", "10h00",
)  # fmt: skip
_STAMPS = (
    "2020-01-01T10:00:00Z", "2020-01-01T10:00:00", "2020-01-01 10:00:00", "2020-01-01T10:00:00+01:00",
    "2020-01-01T10:00:00.5Z", "2020-01-01T24:00:00", "2020-01-01T10:00", "2020-01-01", "2020-01-01x10:00:00",
    "2020-1-1T10:00:00", "20200101T100000", "2020-01-01T10:00:60Z", "0000-01-01T10:00:00Z", "2020-02-30T10:00:00Z",
    "2020-01-01T09:00:00Z", "2020-01-01T10:00:00z", "2020-01-01T10:00:00+00:00", "01/02/2020 10:00", "2020-W01-1T10:00:00",
    "2020-01-01T10:00:00-00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2020-01-01T25:00:00Z",
)  # fmt: skip
_TEXTS = (
    "a", "b", "ab", "abc", "A", " a", "a ", "张三", "é", "e\u0301", "🤦🏼\u200d♂️", "a\u0000b", "a,b", 'a"b', "a\nb",
    "x" * 40, "00123", "NULL", "None", "null", "a\tb", "ａ", "a;b", "'a'", "-", "NA", "a1", "b2", "ab\n", "١", "a_b", "#a",
    "{x}", "{v}", "{0}", "$x", "''", "\\", "%s", "?", ".", "a|b",
)  # fmt: skip
_POOLS: dict[str, tuple[str, ...]] = {
    "string": _TEXTS,
    "any": _TEXTS + _NUMBERS[:6],
    "integer": _NUMBERS,
    "number": _NUMBERS,
    "boolean": ("true", "false", "True", "FALSE", "1", "0", "yes", "no", "tRUE", " true", "T", "是", "否", "t"),
    "date": _DATES,
    "time": _CLOCKS,
    "datetime": _STAMPS,
    "year": ("2020", "1999", "0000", "9999", "20", "20200", "-200", "+200", " 202", "２０２０", "2_20", "20.0", "0099"),
    "yearmonth": ("2020-01", "2020-1", "2020-13", "2020-00", "0-1", "2020-12", "2020", "2020-01-01", " 2020-01", "２０２０-01",
                  "2020 - 01", "12020-01", "+2020-01"),
    "duration": ("P1Y", "PT1H", "P1Y2M3DT4H5M6S", "1Y", "P", "PT", "P1W", "-P1D", "P0.5Y", "p1y", "P1D ", "PT1.5S", "P12M"),
    "geopoint": ("1,2", "180,90", "181,0", "0,91", "1, 2", "[1,2]", '{"lon":1,"lat":2}', "1", "1,2,3", "a,b", "nan,1",
                 '["1","2"]', '{"lon":1}', "1.0,2.0"),
    "geojson": ('{"type":"Point","coordinates":[1,2]}', '{"type":"Point"}', "{}", "[]", "x", '{"type":"FeatureCollection",'
                '"features":[]}', "null", '{"type":"Topology","objects":{},"arcs":[]}'),
    "object": ('{"a":1}', "{}", "[]", "null", "1", '{"a":1', '{"a":1,"b":2}', '{ "a" : 1 }', '{"a":NaN}', '{"a":1,"a":2}'),
    "array": ("[]", "[1]", "[1,2,3]", '["a"]', "{}", "[1", "null", '[1,"a"]', "[null]", "[1.5]", '["aaaa"]'),
    "list": ("a,b", "1,2", "1;2", "", "1,,2", "true,false", "2020-01-01,2020-01-02", "1.5", " 1, 2", "a", "１,2"),
}  # fmt: skip
_EMAILS = ("a@b.co", "a@b", "a b@c.de", "@b.co", "a@b.co ", "ä@b.co", "a.b+c@d-e.org", "a@127.0.0.1", "a@[127.0.0.1]")
_URIS = (
    "http://a.b",
    "https://a.b/c?d=e#f",
    "a.b",
    "mailto:a@b.c",
    "http://",
    "http://a b",
    "//a.b",
    "urn:x:y",
    "http://a.b/é",
)
_UUIDS = ("123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000", "123e4567e89b12d3a456426614174000",
          "123e4567-e89b-12d3-a456-42661417400", "{123e4567-e89b-12d3-a456-426614174000}", "g23e4567-e89b-12d3-a456-426614174000")  # fmt: skip
_BASE64 = ("YQ==", "YQ", "YWJj", "Y Q = =", "é", "====", "Y*Q==", "YQ==YQ")
_FORMAT_POOLS = {"email": _EMAILS, "uri": _URIS, "uuid": _UUIDS, "binary": _BASE64}
_PATTERNS = (
    "[a-z]+", "a|b", r"\d+", r"\w+", r"[^,]*", "a.*", r"^a", r"a$", r"(?i)a", r"(a)\1", r"(?=a).", r"\S+", r"\bab\b", "", "a{1,3}",
    r"[\d\w]+", r"[^\d]+", ".", r"(?:ab|a)b?", r"\u0061b", r"[\u4e00-\u9fff]+", r"a*?", r"a*+b", r"[[:alpha:]]", r"\x61", "张三|李四",
    r"[A-Za-z\-]+", r"(ab?)c?", r"\p{L}+", r".{2}", r"\s*a\s*",
    r"\{x\}", "{v}", r"\$x", "a'b", "{0}|b",
)  # fmt: skip
_MISSING: tuple[Any, ...] = (None, None, None, [""], ["", "NA"], ["-"], ["NA", "null", "1"], [], ["", " "], ["{v}"], ["{x}", ""], ["'"],
            [{"value": "-", "label": "none"}, {"value": "NA"}])  # fmt: skip
_SUPPORTED: dict[str, tuple[str, ...]] = {
    "string": ("minLength", "maxLength", "pattern", "enum"),
    "any": ("enum",),
    "boolean": ("enum",),
    "duration": ("enum",),
    "geopoint": ("enum",),
    "geojson": ("enum",),
    "object": ("minLength", "maxLength", "enum"),
    "array": ("minLength", "maxLength", "enum"),
    "list": ("minLength", "maxLength"),
    **dict.fromkeys(
        ("integer", "number", "date", "time", "datetime", "year", "yearmonth"),
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum"),
    ),
}
_GOOD: dict[str, tuple[Any, ...]] = {
    "string": ("a", "ab", "b", "张三", "{x}", "{v}", "'"),
    "any": ("a", "1", "{x}"),
    "boolean": ("true", "false"),
    "integer": (0, 1, 10, "5", "123456789012345678901234567890", 99),
    "number": (0, 1, 0.1, "0.3", "1.5", 100, "0.1000000000000000055", "1e3"),
    "date": ("2020-01-01", "2020-06-15", "1999-12-31"),
    "time": ("10:00:00", "00:00:00"),
    "datetime": ("2020-01-01T10:00:00Z", "2020-01-01T00:00:00", "2020-01-01T10:00:00+01:00"),
    "year": (2000, "2020", 1999),
    "yearmonth": ("2020-01", "2020-12"),
    "duration": ("P1Y", "PT1H"),
    "geopoint": ("1,2",),
    "geojson": ('{"type":"Point","coordinates":[1,2]}',),
    "object": ('{"a":1}', "{}"),
    "array": ("[1]", "[]"),
}
# Frictionless ends with an error of Python where such values are compared.
_UNHASHABLE = ("object", "array", "list", "geojson")
_STAMPED = ("date", "time", "datetime")
_STAMP_FORMATS = {
    **dict.fromkeys(_STAMPED, ("default", "default", "any")),
    "string": ("default", "default", "default", "email", "uri", "uuid", "binary"),
    "geopoint": ("default", "array", "object"),
    "geojson": ("default", "topojson"),
}


@st.composite
def fields(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """A field's descriptor."""
    kind = draw(st.sampled_from(sorted(_POOLS)))
    found: dict[str, Any] = {"name": name, "type": kind}
    if kind in _STAMPED and draw(st.booleans()):
        found["format"] = draw(stamps.patterns(kind))
    elif kind in _STAMP_FORMATS:
        found["format"] = draw(st.sampled_from(_STAMP_FORMATS[kind]))
    found |= draw(_options(kind))
    good = _GOOD.get(kind, ())
    if "%" in found.get("format", ""):
        text = stamps.bound(found["format"])
        good = (text,) if text else ()
    bounded = found.get("format", "default") != "any" and not found.get("decimalChar") and bool(good)
    constraints = draw(_constraints(kind, good, bounded=bounded))
    if constraints:
        found["constraints"] = constraints
    missing = draw(st.sampled_from(_MISSING))
    if missing is not None:
        found["missingValues"] = missing
    return found


@st.composite
def _options(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    if kind == "boolean" and draw(st.booleans()):
        return {"trueValues": draw(st.sampled_from((["是", "yes"], ["1"], [], ["ja", "{v}"]))),
                "falseValues": draw(st.sampled_from((["否", "no"], ["0", "1"], ["{x}", "'"])))}  # fmt: skip
    if kind == "integer" and draw(st.booleans()):
        return {"bareNumber": draw(st.booleans())}
    if kind == "number" and draw(st.booleans()):
        return draw(st.sampled_from((
            {"bareNumber": False}, {"groupChar": ","}, {"decimalChar": ",", "groupChar": "."}, {"floatNumber": True},
            {"decimalChar": ","}, {"groupChar": " ", "bareNumber": False}, {"bareNumber": True},
        )))  # fmt: skip
    if kind == "list":
        return draw(st.sampled_from((
            {}, {"itemType": "integer"}, {"itemType": "number"}, {"itemType": "boolean"}, {"itemType": "date"},
            {"delimiter": ";"}, {"delimiter": ";", "itemType": "integer"}, {"itemType": "string"},
        )))  # fmt: skip
    if kind == "array" and draw(st.booleans()):
        return {"arrayItem": draw(st.sampled_from((
            {"type": "integer"}, {"type": "string", "constraints": {"maxLength": 3}}, {"type": "number"},
            {"type": "integer", "constraints": {"minimum": 2, "required": True}},
        )))}  # fmt: skip
    return {}


@st.composite
def _constraints(draw: st.DrawFn, kind: str, good: tuple[Any, ...], *, bounded: bool) -> dict[str, Any]:
    supported = [one for one in _SUPPORTED[kind] if (bounded or "imum" not in one.lower()) and (good or one != "enum")]
    unique = () if kind in _UNHASHABLE else ("unique",)
    names = draw(st.lists(st.sampled_from(("required", *unique, *supported)), max_size=2, unique=True))
    found: dict[str, Any] = {}
    for name in names:
        if name == "required":
            found[name] = draw(st.sampled_from((True, True, False)))
        elif name == "unique":
            found[name] = True
        elif name in ("minLength", "maxLength"):
            found[name] = draw(st.integers(0, 4))
        elif name == "pattern":
            found[name] = draw(st.sampled_from(_PATTERNS))
        elif name == "enum":
            found[name] = draw(st.lists(st.sampled_from(good), min_size=1, max_size=3))
        else:
            found[name] = draw(st.sampled_from(good))
    return found


def cells(field: dict[str, Any]) -> st.SearchStrategy[str]:
    """Texts that such a field may meet, more good ones than bad ones."""
    kind, form = field["type"], field.get("format", "")
    pool = stamps.written(form) if "%" in form else _FORMAT_POOLS.get(form, _POOLS[kind])
    good = tuple(str(one) for one in _GOOD.get(kind, ()) if not isinstance(one, bool)) or pool
    extra = tuple(field.get("trueValues", ())) + tuple(field.get("falseValues", ()))
    missing = (*(one["value"] if isinstance(one, dict) else one for one in field.get("missingValues", ())), "", "")
    return st.sampled_from(pool + good + good + extra + missing)


_ENCODINGS = ("utf-8",) * 7 + ("gb18030", "utf-16", "cp1252", "latin-1", "gbk", "utf-8-sig", "utf-16-le", "utf-16-be",
                              "UTF8", "iso-8859-15", "big5", "shift_jis")  # fmt: skip
_PLAIN_DIALECTS: tuple[dict[str, Any], ...] = ({}, {}, {"delimiter": ","})
_ODD_DIALECTS: tuple[dict[str, Any], ...] = (
    {"delimiter": ";"}, {"delimiter": "\t"}, {"delimiter": "|", "quoteChar": "'"}, {"skipInitialSpace": True},
    {"escapeChar": "\\", "doubleQuote": False}, {"escapeChar": "\\"}, {"header": False}, {"headerRows": [1, 2]},
    {"headerRows": [2]}, {"commentChar": "#"}, {"commentRows": [1]}, {"commentRows": [3]}, {"skipBlankRows": True},
    {"headerCase": False}, {"header": True, "delimiter": ",", "quoteChar": '"', "skipInitialSpace": False},
    {"headerRows": [1, 2], "headerJoin": "-"}, {"quoteChar": ""}, {"lineTerminator": "\n"}, {"csv": {"delimiter": ";"}},
    {"lineTerminator": "\r\n", "delimiter": ","}, {"quoteChar": "'"}, {"commentChar": "//"}, {"commentRows": [2, 4]},
    {"header": False, "commentChar": "#"}, {"delimiter": ":", "skipInitialSpace": True}, {"escapeChar": "^"},
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[Resource, ...]:
    """One table, and sometimes a second one that it refers to."""
    count = draw(st.integers(1, 4))
    columns = [draw(fields(name)) for name in ("a", "b", "c", "d")[:count]]
    schema: dict[str, Any] = {"fields": columns}
    names = [one["name"] for one in columns]
    keys = [one["name"] for one in columns if one["type"] not in _UNHASHABLE]
    if keys and draw(st.integers(0, 2)) == 0:
        schema["primaryKey"] = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True))
    missing = draw(st.sampled_from(_MISSING))
    if missing is not None:
        schema["missingValues"] = missing
    if draw(st.integers(0, 5)) == 0:
        schema["fieldsMatch"] = draw(st.sampled_from(("exact", "equal", "subset", "superset", "partial")))
    other: tuple[Resource, ...] = ()
    if keys and draw(st.integers(0, 3)) == 0:
        schema["foreignKeys"], other = draw(_references([one for one in columns if one["name"] in keys]))
    dialect = draw(st.sampled_from(_PLAIN_DIALECTS + _ODD_DIALECTS)) if draw(st.booleans()) else {}
    if dialect and draw(st.integers(0, 2)) == 0:
        dialect = {**draw(st.sampled_from(_ODD_DIALECTS)), **dialect}
    rows = draw(st.lists(st.tuples(*(cells(one) for one in columns)), max_size=7))
    long = draw(st.sampled_from((140_000, 2_100_000))) if rows and draw(st.integers(0, 100)) == 0 else 0
    rows += [("LONG", *rows[0][1:])] if long else []
    encoding = draw(st.sampled_from(_ENCODINGS))
    content = draw(_content(names, rows, dialect, encoding))
    more = draw(_stated(content, len(columns), len(rows))) if not long and draw(st.integers(0, 5)) == 0 else {}
    enforced = enforcing(schema) if draw(st.booleans()) else None
    return (Resource(content, schema, dialect, encoding, more=more, enforced=enforced, long=long), *other)


@st.composite
def _stated(draw: st.DrawFn, content: bytes, fields: int, rows: int) -> dict[str, Any]:
    """What a resource says of its file, rightly or wrongly."""
    algorithm = draw(st.sampled_from(("md5", "sha256")))
    digest = hashlib.new(algorithm, content if draw(st.booleans()) else b"another").hexdigest()
    return draw(st.sampled_from((
        {"hash": f"{algorithm}:{digest}"}, {"hash": hashlib.md5(content).hexdigest()}, {"hash": f"sha1:{digest}"},
        {"bytes": len(content)}, {"bytes": len(content) + 1}, {"fields": fields}, {"fields": fields + 1},
        {"rows": rows}, {"rows": rows + 1}, {"bytes": 1, "hash": "0"},
    )))  # fmt: skip


def enforcing(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with constraints that Frictionless ignores in the place of those that mean the same."""
    found = copy.deepcopy(schema)
    for field in found["fields"]:
        rules = field.get("constraints", {})
        if field["type"] == "string" and len(set(rules.get("enum", ()))) == len(rules.get("enum", ())) > 0:
            field["categories"] = rules.pop("enum")
        if rules.pop("unique", False):
            found.setdefault("uniqueKeys", []).append([field["name"]])
        for name, kind in (("minLength", "min"), ("maxLength", "max")):
            counted = {"object": "Properties", "array": "Items"}.get(field["type"])
            if counted and name in rules and "jsonSchema" not in rules and not field.get("arrayItem"):
                rules["jsonSchema"] = {f"{kind}{counted}": rules.pop(name)}
    return found


@st.composite
def _references(draw: st.DrawFn, columns: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], tuple[Resource, ...]]:
    size = draw(st.integers(1, min(2, len(columns))))
    chosen = columns[:size]
    names = [one["name"] for one in chosen]
    if draw(st.booleans()):
        targets = [one["name"] for one in columns][-size:]
        return [{"fields": names, "reference": {"resource": "", "fields": targets}}], ()
    targets = [f"k{at}" for at in range(size)]
    if draw(st.booleans()):
        kinds = [{**one, "name": name, "constraints": {}} for one, name in zip(chosen, targets, strict=True)]
    else:
        kinds = [draw(fields(name).filter(lambda one: one["type"] not in _UNHASHABLE)) for name in targets]
    rows = draw(st.lists(st.tuples(*(cells(one) for one in kinds)), max_size=5))
    text = "\n".join([",".join(targets), *(",".join(_quoted(cell, '"') for cell in row) for row in rows)]) + "\n"
    key = {"fields": names, "reference": {"resource": "u", "fields": targets}}
    return [key], (Resource(text.encode(), {"fields": kinds}, {}, "utf-8", "u"),)


@st.composite
def _content(draw: st.DrawFn, names: list[str], rows: list[Any], dialect: dict[str, Any], encoding: str) -> bytes:
    """The file's bytes, and in half of the cases something is wrong with them."""
    flat = {**dialect, **dialect.get("csv", {})}
    delimiter, quote = flat.get("delimiter", ","), flat.get("quoteChar", '"')
    newline = draw(st.sampled_from(("\n", "\n", "\n", "\r\n", "\r")))
    header = [list(names)] if flat.get("header", True) else []
    if flat.get("headerRows") == [1, 2]:
        header = [list(names), list(names)]
    elif flat.get("headerRows") == [2] or flat.get("commentRows") == [1]:
        header = [["note"], list(names)]
    lines = [delimiter.join(one) for one in header]
    always = draw(st.booleans())
    lines += [delimiter.join(_quoted(cell, quote, delimiter, always=always) for cell in row) for row in rows]
    text = newline.join(lines) + draw(st.sampled_from((newline, newline, "")))
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 1, 2)))):
        text = draw(_fault(text, delimiter, quote, newline))
    if encoding == "utf-8" and draw(st.integers(0, 9)) == 0:
        text = "\ufeff" + text
    content = text.encode(encoding, "replace")
    if draw(st.integers(0, 40)) == 0:
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.sampled_from((b"\xff", b"\x80", b"\xc3", b"\x00"))) + content[at:]
    return content


@st.composite
def _fault(draw: st.DrawFn, text: str, delimiter: str, quote: str, newline: str) -> str:
    """Something put in or taken out at a place in the text."""
    at = draw(st.integers(0, len(text)))
    if draw(st.integers(0, 3)) == 0:
        return text[:at] + text[at + 1 :]
    starts = [0] + [number + 1 for number, sign in enumerate(text) if sign in "\n\r"]
    if draw(st.booleans()):
        at = draw(st.sampled_from(starts))
    signs = (delimiter, newline, quote, " ", "\n", "\r", f"{delimiter}{delimiter}", "#", '"', "\\", f" {quote}", f"{quote} ",
             f"{newline}{newline}", "x", "\x00", f"{delimiter} ", "\t")  # fmt: skip
    return text[:at] + draw(st.sampled_from(signs)) + text[at:]


def _quoted(cell: str, quote: str, delimiter: str = ",", *, always: bool = False) -> str:
    needs = any(sign in cell for sign in (delimiter, "\n", "\r")) or bool(quote and quote in cell)
    if not quote or not (needs or always):
        return cell
    return quote + cell.replace(quote, quote * 2) + quote
