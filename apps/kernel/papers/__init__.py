"""Papers: a typst template beside its stage and what is handed in become a PDF or a picture.

A template sees its data, its pictures and ``base.typ``, nothing else: no file of the machine, no font of
the machine, no network. Data are handed in as JSON, so what people typed stays text. The same paper of the
same instant is the same bytes.
"""

import datetime as dt
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import font_lato
import typst
from django.utils.functional import Promise
from django.utils.translation import get_language

logger = logging.getLogger("collecto.papers")

HERE: Final = Path(__file__).parent
"""The only folder that a template may import from: it holds ``base.typ``."""

ACCESSIBLE: Final = ["ua-1"]
ARCHIVAL: Final = ["ua-1", "a-2a"]
SCREEN_PPI: Final = 144

_PLACE = re.compile(r"┌─ (\S+)")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_NO_GLYPH: Final = "could not be displayed"
_NOT_DRAWN = re.compile(
    "[^\x0a\x20-\x7e\xa0-\u04ff\u1e00-\u1eff\u2002-\u2040\u2070-\u20bf\u2190-\u22ff\u2500-\u25ff\ufb00-\ufb06]"
)
_SQUARE: Final = "□"
"""What stands on paper for a letter that our fonts do not draw; PDF/UA refuses a paper with a hole."""


class PaperFailed(RuntimeError):
    """A template and its data do not make a paper: a mistake of ours, told without what was in them."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a paper: its bytes, and what it says to who cannot see it (a PDF without is refused)."""

    content: bytes
    kind: Literal["svg", "png", "jpg"]
    alt: str

    def handed_in(self) -> dict[str, Any]:
        """Return the picture as JSON holds it: drawings as text, photographs as numbers."""
        content = self.content.decode() if self.kind == "svg" else list(self.content)
        return {"content": content, "kind": self.kind, "alt": self.alt}


def pdf_of(
    template: Path,
    data: Mapping[str, Any],
    *,
    title: str,
    at: dt.datetime,
    pictures: Mapping[str, Picture] | None = None,
    archival: bool = False,
) -> bytes:
    """Return a paper as PDF/UA-1 in the reader's language; ``at`` is the instant it is dated from.

    ``archival`` makes it PDF/A-2a too, for what is kept for years.

    Raises:
        PaperFailed: the template is wrong, or the paper would not be accessible.
    """
    inputs = _inputs(data, title, pictures or {})
    standards = ARCHIVAL if archival else ACCESSIBLE
    return _compiled(template, inputs, format="pdf", pdf_standards=standards, timestamp=int(at.timestamp()))[
        0
    ]


def png_of(
    template: Path,
    data: Mapping[str, Any],
    *,
    title: str,
    pictures: Mapping[str, Picture] | None = None,
    ppi: int = SCREEN_PPI,
) -> list[bytes]:
    """Return each page of a paper as a PNG, for a preview or an e-mail.

    Raises:
        PaperFailed: the template is wrong.
    """
    return _compiled(template, _inputs(data, title, pictures or {}), format="png", ppi=ppi)


def _inputs(data: Mapping[str, Any], title: str, pictures: Mapping[str, Picture]) -> dict[str, str]:
    frame = {"title": title, "language": (get_language() or "fr").partition("-")[0]}
    shown = {name: picture.handed_in() for name, picture in pictures.items()}
    return {"data": _json(data), "frame": _json(frame), "pictures": _json(shown)}


def _compiled(template: Path, inputs: dict[str, str], **options: Any) -> list[bytes]:
    try:
        return _typst(template, inputs, options)
    except typst.TypstError as error:
        failure = error
    if _NO_GLYPH in failure.message:
        try:
            plain = {name: _NOT_DRAWN.sub(_SQUARE, text) for name, text in inputs.items()}
            return _typst(template, plain, options)
        except typst.TypstError as error:
            failure = error
    place = _PLACE.search(failure.diagnostic)
    where = f"{template.parent.parent.name}/{template.name} {place[1].rpartition('/')[2] if place else ''}"
    logger.error("a paper failed", extra={"template": where})
    raise PaperFailed(where) from failure


def _typst(template: Path, inputs: dict[str, str], options: Mapping[str, Any]) -> list[bytes]:
    made: Any = typst.compile(
        template.read_bytes(), root=HERE, font_paths=_fonts(), sys_inputs=inputs, **options
    )
    return made if isinstance(made, list) else [made]


@cache
def _fonts() -> typst.Fonts:
    """Return the only fonts of our papers, the same on every machine: Lato, and those inside typst."""
    return typst.Fonts(include_system_fonts=False, font_paths=[font_lato.font_directory])


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(_words(value), ensure_ascii=False, separators=(",", ":"))


def _words(value: Any) -> Any:
    """Return a value with its texts as they are shown: their language chosen, no control character.

    Raises:
        TypeError: a value that nobody put into words, such as a day or a decimal.
    """
    if isinstance(value, str | Promise):
        return _CONTROL.sub(" ", str(value))
    if isinstance(value, Mapping):
        return {key: _words(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_words(part) for part in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    raise TypeError(f"put a {type(value).__name__} into words before it goes on paper")
