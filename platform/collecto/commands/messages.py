"""Catalogues: extract the English source strings, compile the French ones, say what is missing.

Done with Babel, so that no gettext program is needed. Templates are turned into Python-like text by
Django's own ``templatize`` before extraction.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as extract_from
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parents[1]
CATALOGUE = PACKAGE / "locale" / "fr" / "LC_MESSAGES" / "django.po"
SOURCES = ("platform/collecto", "tenants", "apps", "api")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
NOISE = (
    '"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Language-Team', '"Report-Msgid-Bugs-To',
    '"Generated-By', '"Project-Id-Version',
)  # fmt: skip
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w+)\}")


@click.group()
def messages() -> None:
    """French and English texts of the interface."""


@messages.command("extract")
def extract() -> None:
    """Bring the French catalogue in step with the sources; new strings come untranslated."""
    catalogue = _read()
    template = Catalog(charset="utf-8")
    for location, text, context in found_strings():
        template.add(text, locations=[(location, 0)], context=context)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    for message in catalogue:
        message.locations = sorted({(name, 0) for name, _line in message.locations})
    write(catalogue)
    missing = untranslated(catalogue)
    click.echo(f"{len(catalogue)} strings, {len(missing)} to translate")


def write(catalogue: Catalog) -> None:
    """Write the catalogue sorted, without dates nor names: a diff shows texts only."""
    catalogue.fuzzy = False
    catalogue.header_comment = "# French texts of COLLECTO."
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, include_lineno=False, sort_output=True)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    CATALOGUE.write_text("".join(line for line in lines if not line.startswith(NOISE)), encoding="utf-8")


@messages.command("compile")
def compile_catalogue() -> None:
    """Write the compiled catalogue beside its source."""
    if CATALOGUE.exists():
        with CATALOGUE.with_suffix(".mo").open("wb") as file:
            write_mo(file, _read())


@messages.command("check")
def check() -> None:
    """Fail when a source string is missing, untranslated, or loses a placeholder in French."""
    wrong = problems()
    click.echo("\n".join(wrong) or "the French catalogue is complete")
    sys.exit(bool(wrong))


def problems() -> list[str]:
    """Return what is wrong with the French catalogue, one sentence each."""
    catalogue = _read()
    wrong = []
    for location, text, context in found_strings():
        key = text[0] if isinstance(text, tuple) else text
        if catalogue.get(key, context) is None:
            wrong.append(f"{location}: not in the catalogue: {key!r}")
    wrong += [f"untranslated: {_first(message.id)!r}" for message in untranslated(catalogue)]
    wrong += [f"placeholders differ: {_first(m.id)!r}" for m in catalogue if m.id and _loses_placeholder(m)]
    return sorted(set(wrong))


def found_strings() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """Yield every source string with the file it stands in and its context."""
    for top in SOURCES:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix not in {".py", ".html", ".txt"} or {"migrations", "static"} & set(path.parts):
                continue
            text = path.read_text(encoding="utf-8")
            source = text if path.suffix == ".py" else f"(\n{templatize(text, origin=str(path))}\n)"
            name = str(path.relative_to(ROOT))
            stream = io.BytesIO(source.encode())
            for _line, found, _comments, context in extract_from("python", stream, KEYWORDS, options={}):
                yield name, found, context


def untranslated(catalogue: Catalog) -> list[Message]:
    """Return the messages without a French text (or without one of its plurals)."""
    return [
        message
        for message in catalogue
        if (message.id and not all(_all(message.string))) or (message.id and "fuzzy" in message.flags)
    ]


def _loses_placeholder(message: Message) -> bool:
    """Tell whether a translation uses a placeholder that its source does not have, or the reverse."""
    ids = {match[0] for match in _PLACEHOLDER.finditer(" ".join(_all(message.id)))}
    texts = [text for text in _all(message.string) if text]
    used = {match[0] for match in _PLACEHOLDER.finditer(" ".join(texts))}
    return bool(texts) and ids != used


def _all(text: Any) -> list[str]:
    return list(text) if isinstance(text, list | tuple) else [text]


def _first(text: Any) -> str:
    return _all(text)[0]


def _read() -> Catalog:
    if not CATALOGUE.exists():
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        return Catalog(locale="fr", project="COLLECTO", charset="utf-8")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="fr")
