"""What a browser calls itself, in words that a person recognises."""

from typing import Final

from django.utils.translation import gettext as _

BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""First match wins: most browsers call themselves Safari too."""
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def browser_in_words(called: str) -> str:
    """Return a browser and its machine in words: *Firefox, Windows*."""
    found = [_first(called, BROWSERS), _first(called, SYSTEMS)]
    return ", ".join(filter(None, found)) or _("Unknown device")


def _first(called: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in names if sign in called), "")
