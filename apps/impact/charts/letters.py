"""How wide words are drawn, known without drawing them."""

from typing import Final

FONT: Final = 14
NARROW: Final = frozenset("ijlrtfI1.,:;'’|!()[]/ \u00a0\u202f")
WIDE: Final = frozenset("mwMW@%—…")
BOLD: Final = 1.1


_EMS: Final = {
    c: 0.42 if c in NARROW else 1.0 if c in WIDE else 0.74 if c.isupper() else 0.64
    for c in map(chr, range(0x20, 0x2100))
}
_EM: Final = 1.0
"""Letters of other scripts are taken for wide ones."""


def text_width(text: str, *, bold: bool = False, font: float = FONT) -> float:
    """Return how wide a text is drawn, at most, in the widest of the usual system fonts."""
    ems = 0.0
    for letter in text:
        ems += _EMS.get(letter, _EM)
    return ems * font * (BOLD if bold else 1.0)
