"""A store in a bucket of an S3-compatible server, through obstore: the address and the access are in the variables
that the clients of S3 share (AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and so on)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from datagazette.store.address import is_this_machine
from datagazette.store.place import CHUNK, Refused
from datagazette.tables.bounded import allowed

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

# Any of these says who asks; without, a bucket is asked as by anyone.
_ACCESS = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
           "AWS_CONTAINER_CREDENTIALS_FULL_URI")  # fmt: skip


class BucketPlace:
    """`address` is `s3://BUCKET/FOLDER`."""

    def __init__(self, address: str) -> None:
        try:
            from obstore.store import S3Store
        except ImportError as error:
            raise Refused("store-library") from error
        parts = urlsplit(address)
        options: ClientConfig = {
            "connect_timeout": timedelta(seconds=10), "timeout": timedelta(seconds=allowed("STORE_FILE_SECONDS")),
            "allow_http": _is_plain_here(),
        }  # fmt: skip
        retries: RetryConfig = {"max_retries": 2, "retry_timeout": timedelta(seconds=allowed("STORE_SECONDS"))}
        asked: S3Config = {} if any(map(os.environ.get, _ACCESS)) else {"skip_signature": True}
        with _of_server():
            self._store = S3Store(parts.netloc, prefix=parts.path.strip("/") or None, config=asked,
                                  client_options=options, retry_config=retries)  # fmt: skip

    def size(self, path: str) -> int | None:
        import obstore

        try:
            with _of_server():
                return int(obstore.head(self._store, path)["size"])
        except Refused as refused:
            if refused.kind == "store-missing":
                return None
            raise

    def parts(self, path: str, start: int) -> Iterator[tuple[int, bytes]]:
        import obstore

        with _of_server():
            size = int(obstore.head(self._store, path)["size"])
            if start >= size:
                start = 0
            found = obstore.get(self._store, path, options={"range": {"offset": start}} if start else {})
            for chunk in found.stream(CHUNK):
                yield start, bytes(chunk)
                start += len(chunk)

    def add(self, path: str, file: Path) -> None:
        import obstore

        with _of_server():
            obstore.put(self._store, path, file)


def _is_plain_here() -> bool:
    """Whether the server is on this machine, where nobody is on the way who could read what is sent unencrypted."""
    parts = urlsplit(os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT") or "")
    return parts.scheme == "http" and is_this_machine(parts.hostname or "")


@contextmanager
def _of_server() -> Iterator[None]:
    from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError

    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise Refused("store-missing", "NotFound") from error
    except (PermissionDeniedError, UnauthenticatedError, PermissionError) as error:
        raise Refused("store-forbidden", type(error).__name__) from error
    except (BaseError, OSError) as error:
        raise Refused("store-unreachable", _first_line(error)) from error


def _first_line(error: Exception) -> str:
    """The beginning of what the library says, which names the request but not the access."""
    return str(error).strip().partition("\n")[0][:200]
