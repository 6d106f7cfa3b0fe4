"""Sentences that are stored: kept in no language, told in the language of whoever reads them.

What is kept is the source text, which every catalogue translates, and what fills it. A sentence kept before
its text was reworded, or before this rule, is told as it stands.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, npgettext, pgettext

Kept = dict[str, Any]
"""A sentence as JSON: its ``text``, maybe ``plural`` with ``number``, maybe ``context``, and ``params``."""

_ORDERS: Final = {
    "gettext": ("message",),
    "pgettext": ("context", "message"),
    "ngettext": ("singular", "plural", "number"),
    "npgettext": ("context", "singular", "plural", "number"),
}


def kept(text: str | Promise, params: Mapping[str, object] | None = None) -> Kept:
    """Return a sentence as JSON can hold it; a text that is no lazy translation is kept as it is."""
    said = _source(text, params or {})
    filled = {name: _param(value) for name, value in (params or {}).items()}
    return {**said, "params": filled} if filled else said


def told(said: Mapping[str, Any]) -> str:
    """Return a kept sentence in the current language, an empty text for nothing."""
    text = _translated(said)
    params = {name: _filled(value) for name, value in said.get("params", {}).items()}
    return text % params if params else text


def _source(text: str | Promise, params: Mapping[str, object]) -> Kept:
    """Take a lazy translation apart by what it is pickled as: its function and that function's arguments."""
    if not isinstance(text, Promise):
        return {"text": text}
    function, given, named = _pickled(text, params)
    if function not in _ORDERS:
        return {"text": str(text)}
    found = dict(zip(_ORDERS[function], given, strict=False)) | named
    said = {"text": found.pop("message", None) or found.pop("singular"), **found}
    return {name: value for name, value in said.items() if value is not None}


def _pickled(text: Promise, params: Mapping[str, object]) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """Return the function of a lazy translation and its arguments; its number may stand in ``params``."""
    pickled: Any = text.__reduce__()
    unpickle, parts = pickled
    function = str(parts[0].__name__)
    if unpickle.__name__ != "_lazy_number_unpickle":
        return function, parts[1], parts[2]
    _function, _result, number, named = parts
    return function, (), {**named, "number": params[number]}


def _param(value: object) -> Any:
    if isinstance(value, Promise):
        return kept(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _filled(value: Any) -> Any:
    return told(value) if isinstance(value, Mapping) else value


def _translated(said: Mapping[str, Any]) -> str:
    text, context = str(said.get("text", "")), said.get("context")
    if not text:
        return ""
    if "plural" in said:
        forms = text, said["plural"], said["number"]
        return npgettext(context, *forms) if context else ngettext(*forms)
    return pgettext(context, text) if context else gettext(text)
