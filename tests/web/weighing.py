"""What a page costs whoever opens it: its own bytes and those of every file that it asks for, gzipped."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from whitenoise.compress import Compressor

from tests.web.dom import Element, parse

ASKED_BY_CSS = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
ASKED_BY_SCRIPT = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.{1,2}/[^"']+)["']""")
PARTS = {"link": "href", "script": "src", "img": "src"}
"""What of a page makes a browser ask for a file."""


def gzipped(content: bytes) -> int:
    """Return how many bytes travel."""
    return len(Compressor.compress_gzip(content))


def weight_of(html: str) -> tuple[int, int]:
    """Return what travels at the first visit, and once the browser keeps the files."""
    alone = gzipped(html.encode())
    return alone + sum(weight_of_file(name) for name in files_of(parse(html))), alone


def files_of(page: Element) -> set[str]:
    """Return every file of ours that a page asks for, also through other files."""
    asked = {element.get(PARTS[element.tag]) for element in page.all(*PARTS)}
    found: set[str] = set()
    waiting = {address for address in asked if _is_ours(address)}
    while waiting:
        address = waiting.pop()
        found.add(address)
        waiting |= {one for one in _asked_by(address) if _is_ours(one)} - found
    return found


@cache
def weight_of_file(address: str) -> int:
    """Return how much of a file travels: whitenoise sends it compressed where that helps."""
    content = _path(address).read_bytes()
    return min(len(content), gzipped(content))


def _is_ours(address: str) -> bool:
    return urlsplit(address).path.startswith(f"/{settings.STATIC_URL.lstrip('/')}")


@cache
def _path(address: str) -> Path:
    name = urlsplit(address).path.removeprefix(f"/{settings.STATIC_URL.lstrip('/')}")
    found = finders.find(name)
    assert found, f"{address} is asked for and not there"
    return Path(found)


def _asked_by(address: str) -> Iterator[str]:
    path = _path(address)
    pattern = {".css": ASKED_BY_CSS, ".js": ASKED_BY_SCRIPT}.get(path.suffix)
    if pattern:
        for asked in pattern.findall(path.read_text(encoding="utf-8")):
            yield urljoin(address, asked)
