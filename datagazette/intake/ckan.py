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
_OF_RESOURCE = (
    "id", "name", "description", "url", "format", "name_translated", "description_translated", "display_name", "title",
    "position", "state", "size", "byte_size", "hash", "created", "issued", "modified", "resource_type", "is_api",
)  # fmt: skip
_KEPT_FOR_ITSELF = (
    "_id",
    "_active",
    "_modified",
    "_updated",
    "_url",
    "_type",
    "_inner",
    "mimetype",
    "_source_file",
    "_timestamp",
)
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
              "license_id", "license_title", "license_url", "title_translated", "notes_translated", "keywords",
              "description", "display_name", *(key for pair in _PEOPLE for key in (pair[0],)),
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
    notes = "notes" if _text(answer.get("notes")) else "description"
    found: dict[str, Any] = {"name": answer.get("name"), "version": answer.get("version")}
    found |= _spoken("title", answer.get("title"), answer.get("title_translated"))
    found |= _spoken("description", answer.get(notes), answer.get("notes_translated"))
    found |= _keywords(answer)
    found["licenses"] = _license(answer, left)
    found["contributors"] = list(_people(answer))
    found["sources"] = [{"title": found.get("title", ""), "path": answer["url"]}] if answer.get("url") else []
    former = {
        "title": ("title", "title_translated"), "description": (notes, "notes_translated"),
        "keywords": ("tags", "keywords"), "licenses": ("license_id", "license_title", "license_url"),
        "contributors": ("organization", "author", "maintainer"), "sources": ("url",),
    }  # fmt: skip
    used = _from_extras(found, former, extras)
    left += [Left(f"extras: {key}", "no-place") for key, value in extras.items() if key not in used and value]
    groups = [_text(group.get("title")) or _text(group.get("name")) for group in answer.get("groups") or ()
              if isinstance(group, Mapping)]  # fmt: skip
    left += [Left("groups", "groups", {"found": ", ".join(groups)})] if groups else []
    kept = [key for key in _BOOKKEEPING if answer.get(key) not in (None, "", [], {})]
    left += [Left(", ".join(kept), "bookkeeping")] if kept else []
    stated = {here: tuple(key for key in keys if answer.get(key) or extras.get(key)) for here, keys in former.items()}
    return {key: value for key, value in found.items() if value}, stated


def _text(value: object) -> str:
    """A text; of a text in several languages, which some catalogues have, the first that is not empty."""
    if isinstance(value, Mapping):
        return next(filter(None, map(plain, value.values())), "")
    return plain(value)


def _spoken(key: str, *values: object) -> dict[str, str]:
    """A text under `key`, with its translations beside it."""
    found = {f"{key}@{language}": plain(text) for value in values if isinstance(value, Mapping)
             for language, text in value.items() if plain(text)}  # fmt: skip
    text = next(filter(None, map(_text, values)), "")
    return {key: text, **found} if text else {}


def _keywords(answer: Mapping[str, Any]) -> dict[str, list[str]]:
    """The tags; in each language where the catalogue has keywords by language."""
    stated = answer.get("keywords")
    if isinstance(stated, Mapping) and any(stated.values()):
        spoken = {language: [plain(word) for word in words] for language, words in stated.items() if words}
        return {
            "keywords": next(iter(spoken.values())),
            **{f"keywords@{name}": words for name, words in spoken.items()},
        }
    tags = answer.get("tags") or ()
    return {"keywords": [_text(tag.get("display_name")) or plain(tag.get("name")) if isinstance(tag, Mapping)
                         else plain(tag) for tag in tags]}  # fmt: skip


def about_resource(resource: Mapping[str, Any], left: list[Left]) -> dict[str, str]:
    """What an answer says of a table that is here; what else is filled in, but for what the catalogue keeps for itself,
    goes to `left`."""
    found = {**_spoken("title", resource.get("name"), resource.get("name_translated")),
             **_spoken("description", resource.get("description"), resource.get("description_translated"))}  # fmt: skip
    rest = [key for key, value in resource.items() if value not in (None, "", [], {}, False, 0)
            and key not in _OF_RESOURCE and not key.endswith(_KEPT_FOR_ITSELF)]  # fmt: skip
    title = found.get("title") or plain(resource.get("id"))
    left += [Left(f"{title}: {key}", "no-place") for key in rest if _text(resource[key])]
    return found


def name_of(resource: Mapping[str, Any]) -> str:
    return _text(resource.get("name")) or plain(resource.get("id"))


def _extras(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys that a catalogue has added, in `extras` or beside the others."""
    for extra in answer.get("extras") or ():
        if isinstance(extra, Mapping) and extra.get("key"):
            yield plain(extra["key"]), plain(extra.get("value"))
    for key, value in answer.items():
        if key not in (*_FROM_HERE, *_BOOKKEEPING) and value not in (None, "", [], {}):
            yield key, _text(value) or "…"


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
    if isinstance(organization, Mapping) and (
        title := _text(organization.get("title")) or _text(organization.get("name"))
    ):
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
    address, name, ident = (_text(resource.get(key)) for key in ("url", "name", "id"))
    ending = f".{plain(resource.get('format')).lower().lstrip('.')}"
    wanted = [base_name(address), name, ident, f"{name}{ending}", f"{ident}{ending}"]
    by_name = {path.name.lower(): path for path in reversed(files)}
    for text in wanted:
        if text and text.lower() in by_name:
            return by_name[text.lower()]
    alike = {(slug(path.stem), path.suffix.lower()): path for path in reversed(files)}
    return alike.get((slug(name), ending)) if slug(name) else None
