"""Papers of the demonstration: small, valid, made here; no real document is copied."""

import struct
import zlib
from collections.abc import Sequence

A4 = (595, 842)
LINE_POINTS = 22


def pdf(lines: Sequence[str]) -> bytes:
    """Return a one-page PDF with a line of text per line."""
    rows = (f"<{line.encode('cp1252', 'replace').hex()}> Tj 0 -{LINE_POINTS} Td" for line in lines)
    text = f"BT /F1 14 Tf 72 {A4[1] - 90} Td {' '.join(rows)} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>" % A4,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + end


def png(*, width: int = 320, height: int = 240, shade: int = 180) -> bytes:
    """Return a picture in greys, like a cold room seen without its light: a door in a wall."""
    door = range(width // 3, 2 * width // 3)
    wall = bytes([shade]) * width
    opened = bytes(shade // 3 if x in door else shade for x in range(width))
    rows = b"".join(b"\x00" + (opened if y > height // 4 else wall) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
