"""CKAN's answer to `package_show` as a Data Package: https://docs.ckan.org/en/latest/api/

The answer says where the files of a dataset are, but not which file on this machine is which: that is found by the name
in a resource's address, by its name, or by its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from datagazette.intake.accounts import Left
from datagazette.intake.keeping import plain
from datagazette.intake.naming import slug
from datagazette.intake.resources import base_name

_MARKS = ("license_id", "notes", "owner_org", "num_resources", "metadata_created", "package_id")
_BOOKKEEPING = (
    "id", "state", "type", "revision_id", "num_resources", "num_tags", "isopen", "private", "owner_org",
    "creator_user_id", "relationships_as_object", "relationships_as_subject", "revision_timestamp", "tracking_summary",
    "metadata_created", "metadata_modified", "help", "success", "plugin_data", "archiver", "qa", "ratings_average",
    "ratings_count", "ckan_url", "download_url", "approval_status",
)  # fmt: skip
_PEOPLE = (("author", "author"), ("maintainer", "maintainer"))
_UNSTATED = ("", "notspecified", "other-closed", "none")
_STARTS = ("temporal_start", "temporal_coverage_from", "temporal_coverage-from", "start_date", "temporal_from")
_ENDS = ("temporal_end", "temporal_coverage_to", "temporal_coverage-to", "end_date", "temporal_to")
_PERIOD = ("temporal", "temporal_coverage", "time_period")
_PLACES = ("spatial_text", "spatial_coverage", "geographic_coverage", "spatial", "geographical_coverage")
_RHYTHM = ("frequency", "accrual_periodicity", "update_frequency", "accrualPeriodicity", "maintenance_frequency")
_RHYTHMS = {
    "annual": "P1Y", "annually": "P1Y", "yearly": "P1Y", "biannual": "P6M", "semiannual": "P6M", "quarterly": "P3M",
    "monthly": "P1M", "weekly": "P1W", "daily": "P1D", "never": "never", "not planned": "never",
}  # fmt: skip
_FROM_HERE = ("title", "notes", "name", "url", "version", "tags", "resources", "organization", "groups", "extras",
              "license_id", "license_title", "license_url", *(key for pair in _PEOPLE for key in (pair[0],)),
              "author_email", "maintainer_email")  # fmt: skip


def answer_of(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The dataset that an answer is about; None where it is none of CKAN."""
    result = value.get("result", value)
    result = result[0] if isinstance(result, list) and len(result) == 1 else result
    if not isinstance(result, Mapping) or not isinstance(result.get("resources"), list):
        return None
    resources = [resource for resource in result["resources"] if isinstance(resource, Mapping)]
    is_package = any("path" in resource or "data" in resource for resource in resources)
    known = any(mark in result for mark in _MARKS) or any("package_id" in resource for resource in resources)
    return result if known and not is_package else None


def described(answer: Mapping[str, Any], left: list[Left]) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """(what the answer says in the keys of a Data Package, what it calls them there)."""
    extras = dict(_extras(answer))
    found: dict[str, Any] = {"name": answer.get("name"), "title": answer.get("title")}
    found["description"] = answer.get("notes")
    found["version"] = answer.get("version")
    tags = answer.get("tags") or ()
    found["keywords"] = [plain(tag.get("display_name") or tag.get("name")) if isinstance(tag, Mapping) else plain(tag)
                         for tag in tags]  # fmt: skip
    found["licenses"] = _license(answer, left)
    found["contributors"] = list(_people(answer))
    found["sources"] = [{"title": plain(answer.get("title")), "path": answer["url"]}] if answer.get("url") else []
    former = {
        "description": ("notes",), "keywords": ("tags",), "licenses": ("license_id", "license_title", "license_url"),
        "contributors": ("organization", "author", "maintainer"), "sources": ("url",),
    }  # fmt: skip
    used = _from_extras(found, former, extras)
    left += [Left(f"extras: {key}", "no-place") for key, value in extras.items() if key not in used and value]
    groups = [plain(group.get("title") or group.get("name")) for group in answer.get("groups") or ()
              if isinstance(group, Mapping)]  # fmt: skip
    left += [Left("groups", "groups", {"found": ", ".join(groups)})] if groups else []
    kept = [key for key in _BOOKKEEPING if answer.get(key) not in (None, "", [], {})]
    left += [Left(", ".join(kept), "bookkeeping")] if kept else []
    stated = {here: tuple(key for key in keys if answer.get(key) or extras.get(key)) for here, keys in former.items()}
    return {key: value for key, value in found.items() if value}, stated


def _extras(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys that a catalogue has added, in `extras` or beside the others."""
    for extra in answer.get("extras") or ():
        if isinstance(extra, Mapping) and extra.get("key"):
            yield plain(extra["key"]), plain(extra.get("value"))
    for key, value in answer.items():
        if key not in (*_FROM_HERE, *_BOOKKEEPING) and value not in (None, "", [], {}):
            yield key, plain(value) or "…"


def _license(answer: Mapping[str, Any], left: list[Left]) -> list[dict[str, str]]:
    name = plain(answer.get("license_id"))
    if name.lower() in _UNSTATED:
        if name:
            left.append(Left("license_id", "license-unstated", {"found": name}))
        name = ""
    found = {"name": name, "title": plain(answer.get("license_title")), "path": plain(answer.get("license_url"))}
    return [{key: value for key, value in found.items() if value}] if name or found["path"] else []


def _people(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    organization = answer.get("organization")
    if isinstance(organization, Mapping) and (title := plain(organization.get("title") or organization.get("name"))):
        yield {"title": title, "roles": ["publisher"]}
    for key, role in _PEOPLE:
        title, email = plain(answer.get(key)), plain(answer.get(f"{key}_email"))
        if title or email:
            yield {"title": title or email, **({"email": email} if email else {}), "roles": [role]}


def _from_extras(found: dict[str, Any], former: dict[str, tuple[str, ...]], extras: Mapping[str, str]) -> set[str]:
    """Adds period, places and rhythm; the keys that they were taken from."""
    start, end, period, rhythm = (
        next((key for key in keys if extras.get(key)), "") for keys in (_STARTS, _ENDS, _PERIOD, _RHYTHM)
    )
    place = next((key for key in _PLACES if extras.get(key) and "{" not in extras[key]), "")
    if start or end:
        days = [extras[key][:10] for key in (start, end) if key]
        found["temporal"], former["temporal"] = "/".join(dict.fromkeys(days)), tuple(filter(None, (start, end)))
    elif period:
        found["temporal"], former["temporal"] = extras[period], (period,)
    if place:
        found["spatial"], former["spatial"] = [extras[place]], (place,)
    if rhythm:
        word = re.sub(r"^R/", "", extras[rhythm].rpartition("/")[2] if "://" in extras[rhythm] else extras[rhythm])
        found["updateFrequency"] = _RHYTHMS.get(word.lower().replace("_", " "), word)
        former["updateFrequency"] = (rhythm,)
    return {start, end, place, rhythm, period if not (start or end) else ""}


def file_of(resource: Mapping[str, Any], files: Sequence[Path]) -> Path | None:
    """The file that a resource is: by the name in its address, its own name, or its id; None where there is none."""
    address, name, ident = (plain(resource.get(key)) for key in ("url", "name", "id"))
    ending = f".{plain(resource.get('format')).lower().lstrip('.')}"
    wanted = [base_name(address), name, ident, f"{name}{ending}", f"{ident}{ending}"]
    by_name = {path.name.lower(): path for path in reversed(files)}
    for text in wanted:
        if text and text.lower() in by_name:
            return by_name[text.lower()]
    alike = {(slug(path.stem), path.suffix.lower()): path for path in reversed(files)}
    return alike.get((slug(name), ending)) if slug(name) else None
