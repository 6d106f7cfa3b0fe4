"""Lines of log: for machines in production, for people in development.

In production a line says who, where, how long and what sort of thing happened; names, addresses, texts of
errors, bodies and query strings are not said (``withholding``).
"""

import datetime as dt
import json
import logging
from typing import Any, Final

from collecto.circumstances import circumstances
from collecto.withholding import chain_of, constant_text, described

EXTRA: Final = (
    "task",
    "outcome",
    "status",
    "ms",
    "interrupted",
    "purpose",
    "to",
    "from",
    "outbox_row",
    "attempts",
    "count",
    "alias",
)
"""Fields that a log call may add with ``extra=``; all others are dropped in production."""


class JsonFormatter(logging.Formatter):
    """One JSON object per line, without anybody's data."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        error = _error(record)
        line: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": constant_text(record),
            **circumstances(error),
            **_extra(record),
        }
        if error is not None:
            line["errors"] = [described(one) for one in chain_of(error)]
        return json.dumps(line, ensure_ascii=False, default=str)


class LineFormatter(logging.Formatter):
    """One readable line, with the trace in full."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the trace below it."""
        known = {**circumstances(_error(record)), **_extra(record)}
        known.pop("bank_id", None)
        words = " ".join(f"{name}={value}" for name, value in known.items())
        line = f"{_time(record)} {record.levelname} {record.name}: {record.getMessage()} {words}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _error(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if isinstance(record.exc_info, tuple) else None


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    return {name: record.__dict__[name] for name in EXTRA if record.__dict__.get(name) is not None}


def _time(record: logging.LogRecord) -> str:
    moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
