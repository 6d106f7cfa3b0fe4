"""The public source of notices (RappelConso V2), page by page, over HTTP that may do anything wrong.

A page that cannot be had after a few tries ends the reading with one of the words of ``Trouble``; what was
read before stays. Nothing here interprets a record.
"""

import datetime as dt
import json
import logging
import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any, Final

import msgspec
import requests
from django.conf import settings

from tenants.federation.alerts.states import Trouble

logger = logging.getLogger("collecto.alerts")

PAGE: Final = 100
"""Records of a page, the most that the source gives."""
WINDOW: Final = 10_000
"""The source answers only so far into a list; beyond, the question begins at a later day."""
MOST_BYTES: Final = 30_000_000
LONGEST_WAIT_S: Final = 120.0
"""However long the source asks to be left alone."""
_CHUNK: Final = 65_536
_TRANSIENT: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 524})


class SourceFailed(RuntimeError):
    """The source could not be read to its end; ``trouble`` says how."""

    def __init__(
        self, trouble: Trouble, detail: str = "", *, wait_s: float = 0.0, again: bool = False
    ) -> None:
        super().__init__(f"{trouble.value} {detail}".strip())
        self.trouble = trouble
        self.wait_s = wait_s
        self.again = again


@dataclass(frozen=True, slots=True)
class Page:
    """Records as they came, and how many the source says there are in all."""

    records: list[Any]
    total: int | None


def records_since(day: dt.date, *, address: str) -> Iterator[list[Any]]:
    """Yield the records published since a day, page by page, the oldest first.

    Raises:
        SourceFailed: a page could not be had.
    """
    since, offset, seen = day, 0, b""
    with requests.Session() as session:
        while True:
            page = _page(session, address, since, offset)
            digest = sha256(msgspec.json.encode(page.records)).digest()
            if page.records and digest == seen:
                raise SourceFailed(Trouble.REPEATED, f"offset {offset}")
            seen = digest
            yield page.records
            offset += len(page.records)
            if not page.records or (len(page.records) < PAGE and offset >= (page.total or 0)):
                return
            if offset + PAGE > WINDOW:
                since, offset = _next_window(page.records, since), 0


def _next_window(records: list[Any], since: dt.date) -> dt.date:
    """Return the day from which the list is asked for anew: that of the last record.

    Raises:
        SourceFailed: one day alone fills the window, or no record says its day.
    """
    days = [day for record in records if (day := day_of(record)) is not None]
    if not days or max(days) <= since:
        raise SourceFailed(Trouble.REPEATED, f"window of {since}")
    return max(days)


def day_of(record: Any) -> dt.date | None:
    """Return the day on which a record says it was published."""
    said = record.get("date_publication") if isinstance(record, dict) else None
    try:
        return dt.date.fromisoformat(str(said)[:10])
    except ValueError:
        return None


def _page(session: requests.Session, address: str, since: dt.date, offset: int) -> Page:
    """Ask for a page, again after a pause when that may help.

    Raises:
        SourceFailed: it could not be had.
    """
    pause = settings.RAPPELCONSO_PAUSE_SECONDS
    for attempt in range(1, settings.RAPPELCONSO_TRIES + 1):
        try:
            return _read(_asked(session, address, since, offset), offset)
        except SourceFailed as failure:
            if not failure.again or attempt == settings.RAPPELCONSO_TRIES:
                raise
            wait = max(failure.wait_s, pause * random.uniform(0.5, 1.5))  # noqa: S311
            logger.warning("notices: %s, try %s, again in %.1f s", failure, attempt, wait)
            time.sleep(min(wait, LONGEST_WAIT_S))
            pause *= 2
    raise SourceFailed(Trouble.UNREACHABLE)


def _asked(session: requests.Session, address: str, since: dt.date, offset: int) -> bytes:
    """Return the body of an answer, read in a bounded time and size.

    Raises:
        SourceFailed: it did not come.
    """
    query = {
        "where": f"categorie_produit=\"alimentation\" and date_publication>=date'{since:%Y-%m-%d}'",
        "order_by": "date_publication,numero_fiche,numero_version",
        "limit": str(PAGE),
        "offset": str(offset),
    }
    seconds = settings.RAPPELCONSO_SECONDS
    try:
        with session.get(
            address, params=query, timeout=seconds, stream=True, headers={"User-Agent": "COLLECTO"}
        ) as answer:
            _refuse_status(answer)
            return _body(answer, until=time.monotonic() + 3 * seconds)
    except requests.Timeout as error:
        raise SourceFailed(Trouble.TOO_SLOW, again=True) from error
    except requests.RequestException as error:
        raise SourceFailed(Trouble.UNREACHABLE, type(error).__name__, again=True) from error


def _refuse_status(answer: requests.Response) -> None:
    status = answer.status_code
    if status in _TRANSIENT:
        raise SourceFailed(Trouble.BROKEN, f"HTTP {status}", wait_s=_asked_to_wait(answer), again=True)
    if status != requests.codes.ok:
        raise SourceFailed(Trouble.REFUSED, f"HTTP {status}")


def _asked_to_wait(answer: requests.Response) -> float:
    """Return for how many seconds the source asks to be left alone (``Retry-After``), 0 when it does not."""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdecimal():
        return float(said[:6])
    try:
        until = parsedate_to_datetime(said)
    except (TypeError, ValueError, IndexError):
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=dt.UTC)
    return max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds())


def _body(answer: requests.Response, *, until: float) -> bytes:
    content = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        content += chunk
        if len(content) > MOST_BYTES:
            raise SourceFailed(Trouble.TOO_LARGE)
        if time.monotonic() > until:
            raise SourceFailed(Trouble.TOO_SLOW, again=True)
    return bytes(content)


def _decoded(body: bytes) -> Any:
    """Return what a text of JSON says; what no text can hold, or no number is, is replaced.

    A lone half of a character in an escape, or a number beyond all sizes, in one record must not keep the
    other notices out.

    Raises:
        ValueError, RecursionError: it is no JSON.
    """
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return _clean(json.loads(body))


def _clean(said: Any) -> Any:
    if isinstance(said, str):
        return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(said, float) and not math.isfinite(said):
        return None
    if isinstance(said, list):
        return [_clean(each) for each in said]
    if isinstance(said, dict):
        return {_clean(name): _clean(each) for name, each in said.items()}
    return said


def _read(body: bytes, offset: int) -> Page:
    """Take an answer apart.

    Raises:
        SourceFailed: it is no page of records, or an empty one before the end that the source names.
    """
    try:
        said = _decoded(body)
    except (RecursionError, ValueError) as error:
        raise SourceFailed(Trouble.NOT_JSON, again=True) from error
    records = said.get("results") if isinstance(said, dict) else None
    if not isinstance(records, list):
        raise SourceFailed(Trouble.NOT_JSON, "no list of results", again=True)
    total = said.get("total_count")
    page = Page(records, total if isinstance(total, int) and not isinstance(total, bool) else None)
    if not records and offset < (page.total or 0):
        raise SourceFailed(Trouble.BROKEN, f"nothing after {offset} of {page.total}", again=True)
    return page
