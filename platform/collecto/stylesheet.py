"""One style sheet for visitors: in production ``app.css`` holds what its imports name.

The source stays one file per component, and development serves it as it is.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

ENTRY = "collecto/css/app.css"
IMPORT = re.compile(r'@import "([^"]+)" layer\((\w+)\);')
ADDRESS = re.compile(r'url\("(?![a-z]+:|/)([^"]+)"\)')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENT = re.compile(r"\s*\n\s*")


def bundled(entry: str, read: Callable[[str], str]) -> str:
    """Return a sheet with each import replaced by its file, in its layer, without comments or indents.

    ``read`` gives the text of a file by its path from the folder of the entry.
    """

    def layered(imported: re.Match[str]) -> str:
        path, layer = imported.groups()
        return f"@layer {layer} {{\n{ADDRESS.sub(_told_from(path), read(path))}\n}}"

    return INDENT.sub("\n", COMMENT.sub("", IMPORT.sub(layered, entry))).strip() + "\n"


def _told_from(path: str) -> Callable[[re.Match[str]], str]:
    """Return what writes an address in a file as the entry sheet writes it."""
    folder = posixpath.dirname(path)
    return lambda address: f'url("{posixpath.normpath(posixpath.join(folder, address[1]))}")'


class BundledSheet:
    """Stands for the storage of the entry sheet while its files are collected."""

    def __init__(self, files: dict[str, tuple[Any, str]]) -> None:
        self._files = files

    def open(self, name: str) -> "ContentFile[bytes]":
        """Open the whole sheet."""
        folder = posixpath.dirname(ENTRY)
        whole = bundled(self._read(ENTRY), lambda path: self._read(posixpath.join(folder, path)))
        return ContentFile(whole.encode(), name=name)

    def _read(self, name: str) -> str:
        storage, path = self._files[name]
        with storage.open(path) as file:
            return str(file.read().decode())


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed and compressed files, and a single style sheet."""

    def post_process(self, paths: dict[str, tuple[Any, str]], **options: Any) -> Iterator[Any]:
        """Process the collected files, the entry sheet as a whole."""
        if ENTRY in paths:
            paths = {**paths, ENTRY: (BundledSheet(dict(paths)), ENTRY)}
        yield from super().post_process(paths, **options)
