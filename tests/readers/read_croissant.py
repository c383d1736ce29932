"""Reads every record of the Croissant descriptions named on the command line, from the files beside them.

Runs in the environment that has mlcroissant (`.venv/croissant`). Prints the number of records of each record set,
and the first record of each, as JSON.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import mlcroissant  # type: ignore[import-not-found,unused-ignore]

MOST_RECORDS = 500


def read(folder: Path) -> dict[str, dict[str, object]]:
    described = json.loads((folder / "croissant.json").read_text("utf-8"))
    mapping = {
        one["@id"]: str(folder / unquote(urlsplit(one["contentUrl"]).path).rpartition("/")[2])
        for one in described["distribution"]
    }
    dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"), mapping=mapping)
    found = {}
    for record_set in dataset.metadata.record_sets:
        records = list(itertools.islice(dataset.records(record_set.uuid), MOST_RECORDS))
        first = {str(key): str(value) for key, value in records[0].items()} if records else {}
        found[record_set.uuid] = {"records": len(records), "first": first}
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps([read(Path(folder)) for folder in sys.argv[1:]]))
