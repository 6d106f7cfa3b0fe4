"""The letterheads of the demonstration: legal identities that can be nobody's, colours, drawn logos.

Numbers are of ranges that are given to nobody: SIRET and RNA begin with zeros, telephones are those that
France keeps for fiction, GS1 prefixes those that GS1 keeps for examples (952).
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import font_lato
from django.core.files.base import ContentFile
from PIL import Image, ImageChops, ImageDraw, ImageFont

from apps.kernel.abilities import Actor
from apps.sites.services import letterhead_update
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank

FONT: Final = Path(font_lato.font_directory) / "Lato-Bold.ttf"
SIDE: Final = 480
"""Pixels of a logo: 300 dots per inch at four centimetres."""
OPENING: Final = "Démonstration : activité fictive"
FOOTER: Final = "Document de démonstration, sans valeur."


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the papers of a member look, and the number from which its fictional identity is made.

    ``leaves`` tells the logos apart where colours are not seen; ``gs1`` is empty where pallets get numbers
    of the bank's own.
    """

    number: int
    colour: str
    accent: str
    leaves: int
    gs1: str = ""

    @property
    def legal(self) -> dict[str, str]:
        """The identity before the law, of an address that exists nowhere."""
        return {
            "siret": f"000000{self.number:03d}00017",
            "rna": f"W00{self.number:07d}",
            "address": f"{self.number} rue de l’Exemple",
        }


LOOKS: Final[Mapping[str, Look]] = MappingProxyType(
    {
        "bourgogne": Look(number=21, colour="#7A1F3D", accent="#8A5A00", leaves=2, gs1="9521021"),
        "nevers": Look(number=58, colour="#1F4E79", accent="#8A5A00", leaves=1),
        "chalon": Look(number=71, colour="#1E5B3E", accent="#7A1F3D", leaves=3, gs1="9521071"),
        "auxerre": Look(number=89, colour="#5B3A86", accent="#1E5B3E", leaves=1),
        "jura": Look(number=39, colour="#205E5A", accent="#AB4409", leaves=3, gs1="9521039"),
        "aube": Look(number=10, colour="#8C3B12", accent="#1F4E79", leaves=2),
        "allier": Look(number=3, colour="#34495E", accent="#AB4409", leaves=1, gs1="9521003"),
        "loire": Look(number=42, colour="#0B5D7A", accent="#7A1F3D", leaves=2),
    }
)


def write_letterhead(actor: Actor, bank: FoodBank) -> None:
    """Write the letterhead of a member; an antenna keeps the identity of its bank, and has its own logo."""
    look = LOOKS.get(bank.slug)
    if look is None:
        return
    legal: dict[str, Any] = {} if bank.parent_id else look.legal
    with in_tenant(bank, Purpose.DEMONSTRATION):
        letterhead_update(
            actor,
            logo=ContentFile(logo(look, bank.slug[:1].upper()), name="logo.png"),
            colour=look.colour,
            accent=look.accent,
            gs1_prefix=look.gs1,
            phone=f"03 53 01 00 {look.number:02d}",
            email=f"contact@{bank.slug}.example.org",
            opening=OPENING,
            footer=FOOTER,
            **legal,
        )


def logo(look: Look, letter: str) -> bytes:
    """Draw a logo as PNG: a bowl with a letter on it, and leaves above."""
    picture = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, SIDE - 1, SIDE - 1), SIDE // 6, fill=look.colour)
    draw.pieslice((70, 60, SIDE - 70, SIDE - 50), 0, 180, fill="white")
    font = ImageFont.truetype(FONT, 120)
    draw.text((SIDE / 2, 315), letter, font=font, fill=look.colour, anchor="mm")
    for place in range(look.leaves):
        leaf = _leaf().rotate(35 * (look.leaves - 1) / 2 - 35 * place, center=(SIDE / 2, 230))
        picture.paste("white" if place % 2 else "#F4E3C1", mask=leaf)
    kept = io.BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _leaf() -> Image.Image:
    """Return the mask of an upright leaf: what two circles have in common."""
    sides = []
    for left in (SIDE // 2 - 170, SIDE // 2 - 50):
        mask = Image.new("L", (SIDE, SIDE), 0)
        ImageDraw.Draw(mask).ellipse((left, 30, left + 220, 250), fill=255)
        sides.append(mask)
    return ImageChops.multiply(*sides)
