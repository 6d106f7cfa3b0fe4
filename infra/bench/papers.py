"""Bench: papers against an empty page of the same compiler and fonts, side by side in one run.

One delivery note and fifty, one label and a sheet of four and fifty, one receipt note; codes and bars are
drawn anew each time, as they are for people. Prints the median of each, how many empty pages it costs, its
size, the memory that the largest takes, then one line of JSON; exits 1 if a bar is missed.

Run: ``.venv/bin/python infra/bench/papers.py``. Only ratios travel from one machine to another.
"""

import argparse
import datetime as dt
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collecto.settings.typing")
os.environ.setdefault("DATABASE_URL", "postgres://nobody@localhost/none")
django.setup()

from apps.delivery.papers import NOTE  # noqa: E402
from apps.kernel.codes import gs1_picture, qr_picture, sscc_of, sscc_picture  # noqa: E402
from apps.kernel.gs1 import bracketed, count_element, date_element, weight_element  # noqa: E402
from apps.kernel.papers import Picture, pdf_of  # noqa: E402
from apps.receiving.papers import NOTE as RECEIPT  # noqa: E402
from apps.stock.papers import CONTENT_MM, LABEL, NUMBER_MM, ROOM_MM  # noqa: E402

AT: Final = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
LINES: Final = 22
MANY: Final = 50
SHEET: Final = 4
ADDRESS: Final = "https://bourgogne.collecto.example/stock/pallets/0193abcd-1234-7abc-8def-0123456789ab/"
EMPTY: Final = '#set document(title: "Empty")\n#set page(paper: "a4")\n#set text(lang: "fr")\n'
HEAD: Final = {
    "legal_name": "Banque alimentaire de Bourgogne",
    "opening": "Collecter, trier, distribuer",
    "lines": ["21 rue de l’Exemple, 21000 Dijon", "03 53 01 00 21 · contact@example.org"],
    "footer": ["SIRET 00000002100017 · RNA W000000021"],
    "colour": "#7A1F3D",
    "accent": "#8A5A00",
}
FACTS: Final = [["De", "Entrepôt de Dijon"], ["À", "Entraide Épinal"], ["Livré le", "23 novembre 2026"]]
SIGNED: Final = [["Remis par", "Denis Morel"], ["Reçu par", "Camille Petit"]]
Made = Callable[[], bytes]


def notes(count: int) -> bytes:
    """Print delivery notes of 22 lines, one after the other."""
    row = ["Yaourts nature", "LOT-2026-00012 · L2345A", "DLC 31 décembre 2026", "Frais, 0 à 4 °C", "12,5 kg"]
    section = {"title": "Dons", "rows": [row] * LINES, "total": ["Total", "", "", "", "275 kg"]}
    note = {
        "head": HEAD,
        "title": "Bon de livraison",
        "number": "BL-2026-00012",
        "qr-words": "Ce bon à l’écran",
        "facts": FACTS,
        "asks": False,
        "heads": ["Denrées", "Lot", "Date", "Température", "Poids"],
        "sections": [section],
        "totals": [["Poids total", "275 kg"]],
        "remark": "Ces denrées sont données.",
        "signatures": SIGNED,
    }
    data = {
        "words": {"page": "Page {page} sur {pages}"},
        "notes": [{**note, "qr": f"qr-{number}"} for number in range(count)],
    }
    codes = {f"qr-{number}": qr_picture(f"{ADDRESS}{number}/", alt="QR") for number in range(count)}
    return pdf_of(NOTE, data, title="Notes", at=AT, pictures=codes)


def receipt() -> bytes:
    """Print the note of a receipt of 22 lines."""
    row = [["Yaourts nature", ""], ["LOT-2026-00012", "L2345A"], ["DLC 31 décembre 2026", ""]]
    row += [
        ["3,4 °C", "Frais, 0 à 4 °C"],
        ["110 kg", "120 kg attendus"],
        ["10 kg", "Abîmé"],
        ["Accepté", "F1"],
    ]
    data = {
        "head": HEAD,
        "page": "Page {page} sur {pages}",
        "number": "BR-2026-00012",
        "title": "Bordereau de réception",
        "qr-words": "Cette réception à l’écran",
        "facts": FACTS,
        "heads": ["Denrées", "Lot", "Date", "Mesure", "Accepté", "Refusé", "Contrôle"],
        "rows": [row] * LINES,
        "total": ["Total", "", "", "", "2 420 kg", "220 kg", ""],
        "comment": "",
        "remark": "Conservez ce bordereau cinq ans.",
        "signatures": SIGNED,
    }
    return pdf_of(RECEIPT, data, title="Receipt", at=AT, pictures={"qr": qr_picture(ADDRESS, alt="QR")})


def labels(count: int, *, sheet: bool) -> bytes:
    """Print labels of counted goods: number, content and square code on each."""
    content = [("02", "03017620422003"), date_element("17", AT.date()), count_element(640)]
    weight = weight_element(320_500)
    rows = [content, [weight] if weight else []]
    codes: dict[str, Picture] = {}
    for number in range(count):
        sscc = sscc_of(prefix="9521021", serial=number)
        codes[f"bars-{number}"] = sscc_picture(sscc, alt="SSCC", room_mm=ROOM_MM, height_mm=NUMBER_MM)
        codes[f"qr-{number}"] = qr_picture(f"{ADDRESS}{number}/", alt="QR")
        for place, row in enumerate(rows):
            symbol = gs1_picture(row, alt="Content", room_mm=ROOM_MM, height_mm=CONTENT_MM)
            codes[f"content-{place}-{number}"] = symbol
    label: dict[str, Any] = {
        "goods": "Yaourt nature de Bourgogne",
        "family": "Yaourts et desserts lactés",
        "date-kind": "DLC",
        "date": "23 novembre 2026",
        "is-use-by": True,
        "temperature": "Frais, 0 à 4 °C",
        "is-cold": True,
        "weight": "320,5 kg",
        "first": [["Lot", "LOT-2026-00012"], ["Unités", "640"]],
        "facts": [["Reçu le", "23 novembre 2026"]],
        "bars-words": "(00) 0 9521021 000000012 4",
        "bars-name": "SSCC",
    }
    own = [
        {
            "qr": f"qr-{number}",
            "bars": f"bars-{number}",
            "content": [[f"content-{place}-{number}", bracketed(row)] for place, row in enumerate(rows)],
        }
        for number in range(count)
    ]
    data = {"head": HEAD, "sheet": sheet, "labels": [{**label, **names} for names in own]}
    return pdf_of(LABEL, data, title="Labels", at=AT, pictures=codes)


def main() -> None:
    """Compile everything in turns, and say whether the bars are met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="three turns instead of nine: for CI")
    turns = 3 if parser.parse_args().quick else 9
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "papers" / "empty.typ"
        empty.parent.mkdir()
        empty.write_text(EMPTY, encoding="utf-8")
        papers: dict[str, Made] = {
            "empty page": lambda: pdf_of(empty, {}, title="Empty", at=AT),
            "note": lambda: notes(1),
            "50 notes": lambda: notes(MANY),
            "receipt": receipt,
            "label": lambda: labels(1, sheet=False),
            "sheet of labels": lambda: labels(SHEET, sheet=True),
            "50 labels": lambda: labels(MANY, sheet=True),
        }
        figures, bars = compared(papers, turns)
    print(json.dumps({"name": "papers", "figures": figures, "bars": bars}))
    sys.exit(0 if all(bars.values()) else 1)


def compared(papers: dict[str, Made], turns: int) -> tuple[dict[str, Any], dict[str, bool]]:
    """Return the figures of each paper and the bars; each turn compiles each paper once."""
    times: dict[str, list[float]] = {name: [] for name in papers}
    sizes = {name: len(made()) for name, made in papers.items()}
    for _turn in range(turns):
        for name, made in papers.items():
            started = time.process_time()
            made()
            times[name].append((time.process_time() - started) * 1000)
    spent = {name: statistics.median(each) for name, each in times.items()}
    figures: dict[str, Any] = {}
    for name, ms in spent.items():
        pages = ms / spent["empty page"]
        figures[name] = {"ms": round(ms, 1), "empty_pages": round(pages, 1), "kb": round(sizes[name] / 1024)}
        print(f"  {name:16} {ms:8.1f} ms CPU {pages:7.1f} x {sizes[name] / 1024:7.0f} KB", flush=True)
    figures["most_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  the largest took {figures['most_memory_mb']} MB of memory", flush=True)
    bars = {
        "fifty notes cost at most twice fifty times one": spent["50 notes"] <= 2 * MANY * spent["note"],
        "fifty labels cost at most what fifty single ones do": spent["50 labels"] <= MANY * spent["label"],
        "a sheet of four labels costs at most five single ones": spent["sheet of labels"]
        <= (SHEET + 1) * spent["label"],
    }
    for name, is_met in bars.items():
        print(f"  {'ok  ' if is_met else 'MISS'} {name}", flush=True)
    return figures, bars


if __name__ == "__main__":
    main()
