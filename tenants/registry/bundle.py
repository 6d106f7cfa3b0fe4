"""The file that holds one bank whole: a manifest, one CSV file per table, the stored files.

``manifest.json`` says what the bank was built from (blueprint, migrations), and for each table its
columns, rows and SHA-256. ``tables/`` are the bank's own, ``public/`` its rows of the shared tables,
``files/`` what it keeps beside the database. CSV as PostgreSQL writes it: an empty cell is NULL, ``""``
an empty text.
"""

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, Self, cast
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import msgspec
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
CHUNK_BYTES: Final = 1024 * 1024
IN_MEMORY_BYTES: Final = 8 * 1024 * 1024
MANIFEST_BYTES: Final = 256 * 1024 * 1024
LARGEST_BYTES: Final = 256 * 1024**3
MOST_PARTS: Final = 2_000_000
MOST_FROM_LITTLE_BYTES: Final = 64 * 1024 * 1024
MOST_INFLATED: Final = 200
"""What an export may hold once it is unpacked: more than this is no bank, but a trap for who reads it."""
_UNREADABLE: Final = (KeyError, BadZipFile, zlib.error, EOFError, RuntimeError, OSError)
"""What the directory or a part of a damaged or hostile file raises."""


class BundleBroken(DomainError):
    """The file is not a whole export of a bank, or was changed since."""

    code = "bundle_broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCopy:
    """One table as it was copied; ``digest`` is the SHA-256 of its CSV."""

    name: str
    columns: tuple[str, ...]
    rows: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCopy:
    """One stored file: its name, bytes and SHA-256."""

    name: str
    size: int
    digest: str


@dataclass(slots=True, kw_only=True)
class Manifest:
    """What a bundle holds.

    ``blueprint`` names the version of its space; ``people`` are memberships with the e-mail address they
    hang on, ``invitations`` those that wait for an answer.
    """

    bank: dict[str, Any]
    blueprint: str
    made_at: str
    migrations: list[list[str]] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    departments: list[str] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    invitations: list[dict[str, Any]] = field(default_factory=list)
    tables: list[TableCopy] = field(default_factory=list)
    public: list[TableCopy] = field(default_factory=list)
    sequences: dict[str, list[Any]] = field(default_factory=dict)
    files: list[FileCopy] = field(default_factory=list)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Rows of the bank's own tables."""
        return sum(table.rows for table in self.tables)

    @property
    def text(self) -> str:
        """The manifest as it is written, always the same for the same content."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return sha256(self.text.encode()).hexdigest()


class BundleWriter:
    """Writes the parts of a bundle one after the other; the manifest comes last."""

    def __init__(self, target: IO[bytes]) -> None:
        self._zip = ZipFile(target, "w", ZIP_DEFLATED, allowZip64=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    @contextmanager
    def part(self, name: str) -> Iterator["Measured"]:
        """Open a part to write; it counts bytes and adds up the SHA-256."""
        with self._zip.open(name, "w", force_zip64=True) as out:
            yield Measured(out)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest: the bundle is whole when it is closed."""
        self._zip.writestr(MANIFEST, manifest.text)


class Measured:
    """A stream that counts what goes through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._sum, self.size = stream, sha256(), 0

    def write(self, data: bytes | memoryview) -> None:
        """Write and count."""
        self._stream.write(data)
        self._sum.update(data)
        self.size += len(data)

    @property
    def digest(self) -> str:
        """SHA-256 so far."""
        return self._sum.hexdigest()


class BundleReader:
    """Reads a bundle whose manifest is whole and whose parts have a size that a bank may have."""

    def __init__(self, source: Path) -> None:
        try:
            self._zip = ZipFile(source)
        except (BadZipFile, ValueError, OSError) as error:
            raise BundleBroken(_("This file is not a whole export of a bank.")) from error
        try:
            _require_bounded(self._zip, source.stat().st_size)
            self.manifest = msgspec.json.decode(self._zip.read(MANIFEST), type=Manifest)
            _require_parts(self._zip, self.manifest)
        except (*_UNREADABLE, msgspec.MsgspecError, ValueError, RecursionError) as error:
            self._zip.close()
            raise BundleBroken(_("This file is not a whole export of a bank.")) from error
        except BundleBroken:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def chunks(self, name: str, *, digest: str) -> Iterator[bytes]:
        """Yield a part piece by piece.

        Raises:
            BundleBroken: the part is missing, or is not what the manifest says.
        """
        seen = sha256()
        try:
            with self._zip.open(name) as part:
                while piece := part.read(CHUNK_BYTES):
                    seen.update(piece)
                    yield piece
        except _UNREADABLE as error:
            raise BundleBroken(_("This export was changed or cut since it was made.")) from error
        if seen.hexdigest() != digest:
            raise BundleBroken(_("This export was changed or cut since it was made."))

    def check(self, name: str, *, digest: str) -> None:
        """Read a part and forget it.

        Raises:
            BundleBroken: the part is missing, or is not what the manifest says.
        """
        for _piece in self.chunks(name, digest=digest):
            pass

    def whole(self, name: str, *, digest: str) -> IO[bytes]:
        """Return a part from its beginning, checked; a large one lies on the disk."""
        kept = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115  (closed by whoever reads it)
        for piece in self.chunks(name, digest=digest):
            kept.write(piece)
        kept.seek(0)
        return cast("IO[bytes]", kept)


def _require_bounded(archive: ZipFile, size: int) -> None:
    """Refuse a file that would fill the disk or the memory when it is read; ``size`` is its own, in bytes.

    What is read of a part never exceeds the size that the directory says.
    """
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    inflates = total > MOST_FROM_LITTLE_BYTES and total > MOST_INFLATED * size
    too_many = len(parts) > MOST_PARTS or len({part.filename for part in parts}) != len(parts)
    if too_many or inflates or total > LARGEST_BYTES or archive.getinfo(MANIFEST).file_size > MANIFEST_BYTES:
        raise BundleBroken(_("This file holds more than an export of a bank can."), code="bundle_too_large")


def _require_parts(archive: ZipFile, manifest: Manifest) -> None:
    """Refuse a manifest of another format, or that promises parts that are not there.

    Raises:
        KeyError: a part is missing.
        ValueError: another format, or a file of another size.
    """
    if manifest.format != FORMAT:
        raise ValueError(f"format {manifest.format}")
    for folder, tables in (("tables", manifest.tables), ("public", manifest.public)):
        for table in tables:
            archive.getinfo(f"{folder}/{table.name}.csv")
    for file in manifest.files:
        if archive.getinfo(f"files/{file.name}").file_size != file.size:
            raise ValueError(f"size of {file.name}")
