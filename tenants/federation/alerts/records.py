"""A record of the public source as a notice: every field may be missing, of another type, or too long."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from apps.recalls.rules import groups_in, spans_in
from tenants.federation.alerts.states import Trouble

Fields = dict[str, Any]

LONGEST: Final = {
    "title": 200,
    "brand": 120,
    "motive": 1000,
    "advice": 2000,
    "distributors": 1000,
    "zone": 500,
}
_FROM: Final = {
    "title": ("libelle", "modeles_ou_references"),
    "brand": ("marque_produit",),
    "motive": ("motif_rappel", "risques_encourus"),
    "advice": ("conduites_a_tenir_par_le_consommateur", "preconisations_sanitaires"),
    "distributors": ("distributeurs",),
    "zone": ("zone_geographique_de_vente",),
}
_DAYS: Final = {
    "sold_from": "date_debut_commercialisation",
    "sold_until": "date_date_fin_commercialisation",
    "ends_on": "date_de_fin_de_la_procedure_de_rappel",
}
_LONGEST_LINK: Final = 500
_LONGEST_SHEET: Final = 60


@dataclass(slots=True)
class ReadNotice:
    """What a record says, and what of it was not understood."""

    fields: Fields
    troubles: list[Trouble] = field(default_factory=list)

    def note(self, trouble: Trouble) -> None:
        """Remember a trouble once."""
        if trouble not in self.troubles:
            self.troubles.append(trouble)


def identity_of(record: Any) -> tuple[str, int] | None:
    """Return the sheet number and the version of a record, ``None`` when it has none."""
    if not isinstance(record, dict):
        return None
    sheet = record.get("numero_fiche")
    name = sheet.strip() if isinstance(sheet, str) else ""
    version = _whole(record.get("numero_version"))
    if not name or len(name) > _LONGEST_SHEET or version is None:
        return None
    return clean(name), version


def read_record(record: Fields, *, today: dt.date) -> ReadNotice:
    """Return what a record with an identity says; nothing it says makes this fail."""
    read = ReadNotice({})
    for name, sources in _FROM.items():
        read.fields[name] = _text(read, name, [record.get(source) for source in sources])
    for name, source in _DAYS.items():
        read.fields[name] = _day(read, record.get(source))
    published = _day(read, record.get("date_publication"))
    read.fields["published_on"] = published or today
    read.fields["link"] = _link(record.get("lien_vers_la_fiche_rappel"))
    read.fields["groups"] = _groups(read, record.get("identification_produits"))
    read.fields["gtins"] = sorted({group["gtin"] for group in read.fields["groups"] if group["gtin"]})
    read.fields["title"] = read.fields["title"] or read.fields["brand"]
    if not (read.fields["title"] or read.fields["gtins"]):
        read.note(Trouble.NO_NAME)
    return read


def clean(value: Any) -> Any:
    """Return a value that PostgreSQL can keep: no character zero in its texts."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, dict):
        return {clean(str(key)): clean(part) for key, part in value.items()}
    return [clean(part) for part in value] if isinstance(value, list) else value


def _groups(read: ReadNotice, value: Any) -> list[dict[str, Any]]:
    """Return the groups a record names; what identifies nothing is kept for a person."""
    found = []
    for group in groups_in(clean(value)):
        if group.unread or (group.date_text and not spans_in(group.date_text)):
            read.note(Trouble.STRANGE_PART if group.unread else Trouble.STRANGE_DATE)
        found.append(
            {
                "gtin": group.gtin,
                "lot_text": group.lot_text[:600],
                "date_kind": group.date_kind,
                "date_text": group.date_text[:500],
                "unread": " ; ".join(group.unread)[:1000],
            }
        )
    if value not in (None, "", []) and not found:
        read.note(Trouble.STRANGE_PART)
    return found


def _text(read: ReadNotice, name: str, values: Iterable[Any]) -> str:
    """Return the texts of some fields on one line; what is no text is written as it is."""
    parts = [part for value in values for part in _parts(value)]
    text = clean(" · ".join(dict.fromkeys(parts)))
    most = LONGEST[name]
    if len(text) <= most:
        return str(text)
    if name == "title":
        text = clean(parts[0])
    if len(text) > most:
        read.note(Trouble.TOO_LONG)
    return str(text)[:most]


def _parts(value: Any) -> list[str]:
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, list):
        return [part for each in value for part in _parts(each)]
    if isinstance(value, dict):
        return [part for each in value.values() for part in _parts(each)]
    return [part for piece in str(value).split("|") if (part := " ".join(piece.split()))]


def _day(read: ReadNotice, value: Any) -> dt.date | None:
    """Return a day; the first of a month or of a span."""
    text = "" if value is None else str(value)[:200]
    if not text.strip():
        return None
    spans = spans_in(text)
    if not spans:
        read.note(Trouble.STRANGE_DATE)
        return None
    return spans[0].first


def _link(value: Any) -> str:
    """Return an address of the web, an empty text for anything else."""
    if not isinstance(value, str) or len(value) > _LONGEST_LINK:
        return ""
    try:
        parts = urlsplit(clean(value.strip()))
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in ("http", "https") and parts.netloc else ""


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    text = str(value).strip() if isinstance(value, int | str) else ""
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
