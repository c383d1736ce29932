"""Cases in which the two once differed, or in which it would be easy to differ: each with its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.checks import both
from tests.checks.both import Resource

ANY = {"name": "a", "type": "any"}
TEXT = {"name": "b", "type": "string"}
INTEGER = {"name": "a", "type": "integer"}
NUMBER = {"name": "a", "type": "number"}


def fields(*found: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"fields": list(found), **more}


def constrained(field: dict[str, Any], **constraints: Any) -> dict[str, Any]:
    return {**field, "constraints": constraints}


CASES: dict[str, Resource] = {
    "fine": Resource(b"a,b\n1,x\n2,y\n", fields(INTEGER, TEXT)),
    "numbers too small for a double are not zero": Resource(
        b"a\n0\n1e-1000000\n1e-400\n2e-400\n0.0\n", fields(NUMBER, primaryKey="a")
    ),
    "a number too small for a double is more than zero": Resource(
        b"a\n1e-400\n0e0\n0\n", fields(constrained(NUMBER, exclusiveMinimum=0))
    ),
    "no rows": Resource(b"a,b\n", fields(INTEGER, TEXT)),
    "empty file": Resource(b"", fields(INTEGER, TEXT)),
    "only a line break": Resource(b"\n", fields(INTEGER, TEXT)),
    "no line break at the end": Resource(b"a,b\n1,x", fields(INTEGER, TEXT)),
    "blank line": Resource(b"a,b\n1,x\n\n2,y\n", fields(INTEGER, TEXT)),
    "blank line, and no line break at the end": Resource(b"a,b\n\n1,x", fields(INTEGER, TEXT)),
    "blank lines at the end": Resource(b"a,b\n1,x\n\n\n", fields(INTEGER, TEXT)),
    "row of missing values": Resource(b"a,b\n1,x\n,\n", fields(INTEGER, TEXT)),
    "blank row breaks a primary key": Resource(b"a,b\n1,x\n,\n", fields(INTEGER, TEXT, primaryKey="a")),
    "extra empty cell at the end": Resource(b"a,b\n1,x,\n2,y\n", fields(INTEGER, TEXT)),
    "many extra cells": Resource(b"a,b\n1,x" + b",z" * 40 + b"\n2,y\n", fields(INTEGER, TEXT)),
    "missing cell of a required field": Resource(b"a,b\n1\n2,y\n", fields(INTEGER, constrained(TEXT, required=True))),
    "missing cell is no empty text": Resource(b"a,b\n1\n2,y\n", fields(INTEGER, TEXT, missingValues=["-"])),
    "wrong cells from the first line on": Resource(
        b"a,b\n" + b"z,x\n" * 1500 + b",\n1,x,y\n1\n2,y\n2,z\n", fields(INTEGER, TEXT, primaryKey="a")
    ),
    "doubled quotes and their number": Resource(
        b'a,b\n"1","x"""\n"2",""""""\n"3","a""b"\n', fields(INTEGER, constrained(TEXT, maxLength=2))
    ),
    "required text that may have no signs": Resource(
        b"a,b\n1,x\n2,\n", fields(INTEGER, constrained(TEXT, required=True, maxLength=0))
    ),
    "missing values are quotes": Resource(
        b'a,b\n"1","x"\n"2",""""\n"",""""\n', fields(INTEGER, constrained(TEXT, required=True), missingValues=["", '"'])
    ),
    "one column, blank line": Resource(b"a\n1\n\n2\n", fields(INTEGER)),
    "line break in quotes": Resource(b'a,b\n1,"x\ny"\n2,z\nx,q\n', fields(INTEGER, TEXT)),
    "quote that never closes": Resource(b'a,b\n1,"x\n2,y\n3,z\n', fields(INTEGER, TEXT)),
    "text after a closing quote": Resource(b'a,b\n1,"x"y\n2,"x" \n3, "x"\n', fields(INTEGER, TEXT)),
    "quote inside a bare cell": Resource(b'a,b\n1,x"y\n2,x""y\n', fields(INTEGER, TEXT)),
    "carriage returns": Resource(b"a,b\r\n1,x\r\nz,y\r\n", fields(INTEGER, TEXT)),
    "carriage returns alone": Resource(b"a,b\r1,x\rz,y\r", fields(INTEGER, TEXT)),
    "mixed line ends": Resource(b"a,b\r\n1,x\nz,y\r3,w\n", fields(INTEGER, TEXT)),
    "byte order mark": Resource(b"\xef\xbb\xbfa,b\n1,x\nz,y\n", fields(INTEGER, TEXT)),
    "NUL": Resource(b"a,b\n1,x\x00y\nz\x00,y\n", fields(INTEGER, TEXT)),
    "bad byte in the first rows": Resource(b"a,b\n1,x\xff\n2,y\n", fields(INTEGER, TEXT)),
    "bad byte far down": Resource(b"a,b\n" + b"1,x\n" * 9000 + b"z,\xff\n2,y\n", fields(INTEGER, TEXT)),
    "UTF-16 without its mark": Resource(b"\xff\xff\xfea\x00,\x00b\x00", fields(ANY, TEXT), encoding="utf-16"),
    "GB18030": Resource("a,b\n1,张\nx,李\n".encode("gb18030"), fields(INTEGER, TEXT), encoding="gb18030"),
    "no such encoding": Resource(b"a,b\n1,x\n", fields(INTEGER, TEXT), encoding="utf-99"),
    "cell of a megabyte": Resource(b"a,b\n1," + b"x" * 3_000_000 + b"\nz,y\n", fields(INTEGER, TEXT)),
    "cell of a megabyte that SQL cannot judge": Resource(
        b"a,b\n1," + b"[" * 2_100_000 + b"\nz,[]\n", fields(INTEGER, {"name": "b", "type": "array"})
    ),
    "delimiter stated twice": Resource(
        b"a;b\n1;x\n", fields(INTEGER, TEXT), {"csv": {"delimiter": ";"}, "delimiter": ","}
    ),
    "wrong labels": Resource(b"b,a\n1,x\n", fields(INTEGER, TEXT)),
    "label twice": Resource(b"a,a\n1,x\n", fields(INTEGER, TEXT)),
    "label empty": Resource(b"a,\n1,x\n", fields(INTEGER, TEXT)),
    "label too many": Resource(b"a,b,c\n1,x,y\n", fields(INTEGER, TEXT)),
    "label too few": Resource(b"a\n1\n", fields(INTEGER, TEXT)),
    "columns by name, one missing": Resource(b"b\nx\n", fields(INTEGER, TEXT, fieldsMatch="superset")),
    "columns by name, one more": Resource(b"c,b,a\n1,x,z\n", fields(INTEGER, TEXT, fieldsMatch="subset")),
    "columns by name, twice": Resource(b"a,a\n1,x\n", fields(INTEGER, TEXT, fieldsMatch="partial")),
    "no column by name": Resource(b"x,y\n1,x\n", fields(INTEGER, TEXT, fieldsMatch="partial")),
    "missing values of a column that no field is for": Resource(
        b"a,b,c\n1,x,\n,,\n", fields(INTEGER, TEXT, fieldsMatch="subset", missingValues=["-"])
    ),
    "title line above the header": Resource(b"My table\na,b\n1,x\nz,y\n", fields(INTEGER, TEXT)),
    "semicolons": Resource(b"a;b\n1;x\nz;y\n", fields(INTEGER, TEXT)),
    "two header rows": Resource(b"a,b\n,x\n1,x\n", fields(INTEGER, {**TEXT, "name": "b x"}), {"headerRows": [1, 2]}),
    "comments": Resource(b"a,b\n1,x\n#z,y\nz,w\n", fields(INTEGER, TEXT), {"commentChar": "#"}),
    "comment row": Resource(b"a,b\n1,x\nz,y\n3,w\n", fields(INTEGER, TEXT), {"commentRows": [3]}),
    "no header": Resource(b"1,x\nz,y\n", fields(INTEGER, TEXT), {"header": False}),
    "spaces after delimiters": Resource(b"a, b\n1, x\nz, y\n", fields(INTEGER, TEXT), {"skipInitialSpace": True}),
    "escapes": Resource(b"a,b\n1,x\\,y\nz,y\n", fields(INTEGER, TEXT), {"escapeChar": "\\"}),
    "blank rows skipped": Resource(b"a,b\n1,x\n\n,\nz,y\n", fields(INTEGER, TEXT), {"skipBlankRows": True}),
    "labels in another case": Resource(b"A,B\n1,x\n1,y\n", fields(INTEGER, TEXT, primaryKey="a"), {"headerCase": False}),
    "integers": Resource(
        "a\n1\n+1\n 1 \n1_0\n1.0\n1e3\n0x1F\n１２\n-\n99999999999999999999\n007\n--1\n".encode(), fields(INTEGER)
    ),
    "integer beyond 64 bits and a bound": Resource(
        b"a\n99999999999999999999\n5\n-99999999999999999999\n", fields(constrained(INTEGER, minimum=0))
    ),
    "numbers": Resource(
        "a\n1.5\n.5\n5.\n1e3\n+1\n+-1\nNaN\nsNaN1\ninf\n-Infinity\n1_0.5\n_-1\n１.５\n1,5\n$5\n".encode(), fields(NUMBER)
    ),
    "not a number keeps to no bound": Resource(b"a\nNaN\ninf\n-inf\n5\n", fields(constrained(NUMBER, maximum=10))),
    "a digit beyond doubles": Resource(
        b"a\n0.1\n0.1000000000000000055\n0.09999999999999999999\n", fields(constrained(NUMBER, minimum=0.1))
    ),
    "the greatest value allowed": Resource(
        b"a,b\n1,0\n1.00,0.0\n1.01,1\n1.0000000001,-1\n",
        fields(constrained(NUMBER, maximum=1), constrained({**NUMBER, "name": "b"}, maximum=0, exclusiveMaximum=0)),
    ),
    "decimals that are equal": Resource(b"a\n1.0\n1\n1.00\n01\n", fields(constrained(NUMBER, unique=True))),
    "not a number is no repeat": Resource(b"a\nNaN\nNaN\nnan\n", fields(constrained(NUMBER, unique=True))),
    "a long decimal twice": Resource(
        b"a\n1.2345678901234567\n1.2345678901234568\n1.23456789012345670\n", fields(constrained(NUMBER, unique=True))
    ),
    "dates": Resource(
        b"a\n2020-01-01\n2020-1-1\n 2020-01-01\n2020-02-30\n20-01-01\n0000-01-01\n12020-01-01\nepoch\n2020-01- 1\n",
        fields({"name": "a", "type": "date"}),
    ),
    "times of a day": Resource(
        b"a\n2020-01-01T10:00:00Z\n2020-01-01T10:00:0Z\n2020-01-01T10:00:00\n2020-01-01T1:00:00Z\n2020-1-01T10:00:000\n"
        b"2020-01-01T10:0000Z\n2020-01-01T24:00:00Z\n2020-02-30T10:00:00Z\n",
        fields({"name": "a", "type": "datetime"}),
    ),
    "pattern with an alternative": Resource(b"a\na\nab\nb\nxb\n", fields(constrained({**TEXT, "name": "a"}, pattern="a|b"))),
    "pattern with a look-ahead": Resource(b"a\nab\nac\n", fields(constrained({**TEXT, "name": "a"}, pattern="a(?=b).*"))),
    "digits of other scripts": Resource("a\n12\n１２\n".encode(), fields(constrained({**TEXT, "name": "a"}, pattern=r"\d+"))),
    "pattern and a last line break": Resource(b'a\n"ab\n"\nab\n', fields(constrained({**TEXT, "name": "a"}, pattern="ab"))),
    "pattern that would match a delimiter": Resource(
        b"a,b\nx,y,z\nx,y\n", fields(constrained({**TEXT, "name": "a"}, pattern="x.*"), TEXT)
    ),
    "length in code points": Resource(
        "a\ne\u0301\n🤦🏼\u200d♂️\né\n".encode(), fields(constrained({**TEXT, "name": "a"}, maxLength=2))
    ),
    "items of an array": Resource(
        b'a\n[1]\n[null]\n"[1,""x""]"\n[5]\n',
        fields({"name": "a", "type": "array", "arrayItem": {"type": "integer", "constraints": {"required": True, "minimum": 2}}}),
    ),
    "enumeration of numbers": Resource(b"a\n1.0\n1\n2\n", fields(constrained(NUMBER, enum=["1"]))),
    "key of two fields, one missing": Resource(b"a,b\n1,\n1,\n,x\n,x\n", fields(INTEGER, TEXT, primaryKey=["a", "b"])),
    "key with a wrong cell": Resource(b"a,b\nx,1\ny,1\n", fields(INTEGER, TEXT, primaryKey="a")),
    "refers to itself": Resource(
        b"a,b\n1,\n2,1\n3,9\n",
        fields(INTEGER, {**TEXT, "type": "number"}, foreignKeys=[
            {"fields": "b", "reference": {"resource": "", "fields": "a"}}]),
    ),
    "no missing values at all": Resource(
        b"a,b\n,2000\n2001,\n", fields({"name": "a", "type": "year", "missingValues": []}, {"name": "b", "type": "year"})
    ),
    "refers to fields of another type": Resource(
        b"a,b\n10,\n9,x\n10,2020-01-01\n,10\n",
        fields(INTEGER, {"name": "b", "type": "date"}, foreignKeys=[
            {"fields": ["a", "b"], "reference": {"resource": "", "fields": ["a", "a"]}}]),
    ),
    "refers to a pair of which one is missing": Resource(
        b"a,b,c\n10,,\n10,x,2020-01-01\n9,,\n",
        fields(INTEGER, {"name": "b", "type": "date"}, {"name": "c", "type": "date"}, foreignKeys=[
            {"fields": ["a", "b"], "reference": {"resource": "", "fields": ["a", "c"]}}]),
    ),
    "pattern of which Python warns": Resource(
        b"a,b\n1,:]\n2,x]\n", fields(INTEGER, constrained(TEXT, pattern="[[:alpha:]]"))
    ),
    "wrong size": Resource(b"a,b\n1,x\n", fields(INTEGER, TEXT), more={"bytes": 5}),
    "wrong hash": Resource(b"a,b\n1,x\n", fields(INTEGER, TEXT), more={"hash": "sha256:00"}),
    "required, and the missing value would be fine": Resource(
        b"a,b\n0,x\n1,y\n", fields(constrained(INTEGER, required=True), TEXT, missingValues=["0"])
    ),
}  # fmt: skip


@pytest.mark.sample(30)
@pytest.mark.parametrize("name", CASES)
def test_same_as_frictionless(name: str, tmp_path: Path) -> None:
    resources = (CASES[name],)
    both.write(resources, tmp_path)
    expected = both.theirs(resources, tmp_path)
    assert not expected.stopped
    assert both.ours(resources, tmp_path).findings == expected.findings


LONG = b"x" * 1000
FAR = b"a,b\n" + b"".join(b"%d,%s\n" % (number, LONG) for number in range(300))
# What stands beyond the first bytes of a large file, which alone are looked at before it is read.
FAR_DOWN = {
    "nothing": b"",
    "no line break at the end": b"300,x",
    "a blank line": b"\n300,x\n",
    "a blank line, and no line break at the end": b"\n300,x",
    "two blank lines, and no line break at the end": b"\n\n300,x",
    "a blank line at the end": b"300,x\n\n",
    "a quote": b'300,"x\ny"\nz,x\n',
    "a carriage return": b"300,x\rz,y\n",
    "another line end": b"300,x\r\nz,y\r\n",
    "a bad byte": b"300,\xff\nz,y\n",
    "a NUL": b"300,\x00\nz,y\n",
    "a wrong cell": b"z,y\n300,y\n",
    "a cell too many": b"300,y,\n",
    "missing values": b",\n300,y\n",
    "a key twice": b"299,y\n5,y\n",
    "a key of another size": b"99999999999999999999,y\n123456789012,x\n123456789012,x\n",
    "a plus sign": b"+300,y\n",
    "wrong cells without end": b"z,y\n" * 3000,
}


@pytest.mark.sample(12)
@pytest.mark.parametrize("name", FAR_DOWN)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_same_as_frictionless_far_down(name: str, ends: bytes, tmp_path: Path) -> None:
    content = FAR.replace(b"\n", ends) + FAR_DOWN[name].replace(b"\n", ends).replace(b"\r\r", b"\r")
    resources = (Resource(content, fields(INTEGER, TEXT, primaryKey="a")),)
    both.write(resources, tmp_path)
    assert both.ours(resources, tmp_path).findings == both.theirs(resources, tmp_path).findings


QUOTED_FAR = b'"a",b\n' + b"".join(b'%d,"%s"\n' % (number, LONG) for number in range(300))
ALL_QUOTED_FAR = b'"a","b"\n' + b"".join(b'"k%d","%s"\n' % (number, LONG) for number in range(300))
# The same where cells are in quotes from the first line on.
FAR_DOWN_IN_QUOTES = {
    **{name: rest for name, rest in FAR_DOWN.items() if name != "wrong cells without end"},
    "a bare text": b"300,x\n",
    "a quote that never closes": b'300,"x\n301,"y"\nz,"z"\n',
    "lines that are fine, in quotes that are not": b'300,x "\n301,"x"\n"302", y"\nz,w\n',
    "a doubled quote": b'300,"x""y"\nz,"a"\n',
    "doubled quotes": b'300,"""x"""\n301,"""\n302,""""\n"303""",""""""\n304,"a"",""b"\n305,"",""\n',
    "a delimiter in quotes": b'300,"x,y"\nz,"a"\n',
    "a delimiter in the first cell": b'"300,1","x"\n"300,1","x"\n',
    "spaces beside quotes": b'300, "x"\n301,"x" \n302 ,"x"\n303," x "\n z,"x"\n',
    "text after a closing quote": b'300,"x"y\n301,"x""\n302,""y"\nz,"x"\n',
    "a key in quotes that is bare before": b'"299","y"\n',
    "a key without quotes that has them before": b"k299,y\n",
    "a number in quotes": b'"300","y"\n"z","y"\n',
    "nothing in quotes": b'300,""\n"",""\n',
    "a cell too many in quotes": b'300,"y",""\n301\n',
    "a blank row in quotes": b'"",""\n,""\n',
    "too short": b'300,""\n301,"x"\n',
}


@pytest.mark.sample(14)
@pytest.mark.parametrize("name", FAR_DOWN_IN_QUOTES)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize("far", [QUOTED_FAR, ALL_QUOTED_FAR], ids=["texts in quotes", "all in quotes"])
def test_same_as_frictionless_far_down_in_quotes(name: str, ends: bytes, far: bytes, tmp_path: Path) -> None:
    content = far.replace(b"\n", ends) + FAR_DOWN_IN_QUOTES[name].replace(b"\n", ends).replace(b"\r\r", b"\r")
    first = INTEGER if far is QUOTED_FAR else ANY
    resources = (Resource(content, fields(first, constrained(TEXT, minLength=1), primaryKey="a")),)
    both.write(resources, tmp_path)
    assert both.ours(resources, tmp_path).findings == both.theirs(resources, tmp_path).findings
