"""What a report to Sentry holds: built anew from what may leave, never by removing what may not.

Kept: the types of the errors with file, function and line of each step, the bank (slug and id), the request
id, the kind of work, the route, the id of the person, the release. Not kept: texts of errors and logs unless
they stand in the code, local variables, source lines, headers, cookies, addresses, bodies, query strings,
breadcrumbs, extras, the server's name, literals of SQL.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from sentry_sdk.types import Event, Hint

from collecto.circumstances import circumstances
from collecto.withholding import WITHHELD, constant_text, sql_shape, sqlstate_of

EVENT: Final = ("event_id", "timestamp", "start_timestamp", "level", "platform", "logger", "release", "type")
EVENT_TOO: Final = ("environment", "sdk")
FRAME: Final = ("module", "function", "lineno", "in_app")
MECHANISM: Final = ("type", "handled", "exception_id", "parent_id", "is_exception_group", "source")
SPAN: Final = ("trace_id", "span_id", "parent_span_id", "op", "status", "start_timestamp", "timestamp")
NAMED_IN_CODE: Final = ("queue.task.celery", "queue.process", "queue.submit.celery", "view.authenticate")
TAGS: Final = ("bank", "bank_id", "request_id", "kind", "route", "celery_task_id")


def cleaned(event: Event, hint: Hint) -> Event:
    """Return the part of an event, or of a transaction, that may leave."""
    given = cast("dict[str, Any]", event)
    error = (hint.get("exc_info") or (None, None, None))[1]
    known = circumstances(error)
    report = _only(given, EVENT + EVENT_TOO)
    report["tags"] = {**_only(_mapping(given.get("tags")), TAGS), **_only(known, TAGS)}
    report["tags"].setdefault("bank", "(none)")
    report["transaction"] = known.get("route") or report["tags"].pop("route", "") or _named(given)
    report["tags"].pop("route", None)
    if user := known.get("user_id"):
        report["user"] = {"id": user}
    if trace := _mapping(_mapping(given.get("contexts")).get("trace")):
        report["contexts"] = {"trace": _only(trace, SPAN)}
    if state := sqlstate_of(error):
        report["tags"]["sqlstate"] = state
    if "log_record" in hint:
        report["logentry"] = {"message": constant_text(hint["log_record"])}
    if errors := _mapping(given.get("exception")).get("values"):
        report["exception"] = {"values": [_error(one) for one in errors]}
    if given.get("type") == "transaction":
        report["spans"] = [_span(one) for one in _list(given.get("spans"))]
        report["transaction_info"] = {"source": "route"}
    return cast("Event", report)


def no_breadcrumb(crumb: dict[str, Any], hint: dict[str, Any]) -> None:
    """Keep no trail of what was done before an error: it holds addresses and statements."""


def _error(given: Mapping[str, Any]) -> dict[str, Any]:
    frames = _mapping(given.get("stacktrace")).get("frames") or ()
    return {
        "type": given.get("type"),
        "module": given.get("module"),
        "value": WITHHELD,
        "mechanism": _only(_mapping(given.get("mechanism")), MECHANISM),
        "stacktrace": {"frames": [_frame(frame) for frame in frames]},
    }


def _frame(given: Mapping[str, Any]) -> dict[str, Any]:
    """Keep where a step stands; the file is named within the code, without the machine's folders."""
    return {**_only(given, FRAME), "filename": given.get("filename")}


def _span(given: Mapping[str, Any]) -> dict[str, Any]:
    kept = _only(given, SPAN)
    operation = str(given.get("op") or "")
    if operation.startswith("db"):
        kept["description"] = sql_shape(str(given.get("description") or ""))
    elif operation in NAMED_IN_CODE:
        kept["description"] = given.get("description")
    return kept


def _named(given: Mapping[str, Any]) -> str:
    """Return the name that an integration gave the work, unless it is a path."""
    source = _mapping(given.get("transaction_info")).get("source")
    return str(given.get("transaction") or "") if source in ("task", "component") else ""


def _only(given: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: given[name] for name in names if given.get(name) is not None}


def _mapping(given: object) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _list(given: object) -> list[dict[str, Any]]:
    """Return spans, also where the library wrapped the list to say that some were left out."""
    inner = getattr(given, "value", given)
    return inner if isinstance(inner, list) else []
