"""What a bundle may say. Whoever could write the file could have written anything in it, digests included.

A bundle speaks of one bank: it names no row of another, gives nobody a hat above a bank, and wakes no
reaction that the product does not have.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from apps.kernel import facts
from apps.kernel.abilities import BANK_STAFF, Role
from tenants.registry.bundle import BundleBroken, Manifest

HATS: Final = BANK_STAFF | {Role.PARTNER, Role.DRIVER}
"""Hats that a bank itself gives."""
_FILE: Final = re.compile(r"[0-9a-f]{32}")
_TABLE: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")

Short = Annotated[str, msgspec.Meta(max_length=200)]


class _Parent(msgspec.Struct):
    """The bank that an antenna depends on."""

    id: UUID
    slug: Short


class _Bank(msgspec.Struct):
    """What a manifest says about its bank."""

    id: UUID
    parent: _Parent | None
    kind: Literal["bank", "antenna"]
    name: Short
    slug: Short
    siret: Short
    address: Short
    postcode: Short
    city: Short
    department: Short
    latitude: float | None
    longitude: float | None
    timezone: Short
    email: Annotated[str, msgspec.Meta(max_length=254)]
    phone: Short


class _Person(msgspec.Struct):
    """One hat, with what makes its bearer known again."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
    full_name: Annotated[str, msgspec.Meta(max_length=120)]
    language: Annotated[str, msgspec.Meta(max_length=5)]
    role: str
    partner_id: UUID | None
    created_at: dt.datetime
    ended_at: dt.datetime | None
    may_invite: bool = False
    seen_on: dt.date | None = None


class _Invitation(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody who was asked to join and has not answered."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
    full_name: Annotated[str, msgspec.Meta(max_length=120)]
    language: Annotated[str, msgspec.Meta(max_length=5)]
    roles: Annotated[list[str], msgspec.Meta(min_length=1)]
    partner_id: UUID | None
    partner_label: Short
    may_invite: bool
    reason: Annotated[str, msgspec.Meta(max_length=300)]
    invited_by_label: Short
    created_at: dt.datetime
    expires_at: dt.datetime


def require_trustworthy(manifest: Manifest) -> None:
    """Refuse a manifest that is malformed, or that asks for more than one bank's own.

    Raises:
        BundleBroken: with what is wrong.
    """
    try:
        msgspec.convert(manifest.bank, _Bank)
        people = msgspec.convert(manifest.people, list[_Person])
        msgspec.convert(manifest.departments, list[Annotated[str, msgspec.Meta(max_length=3)]])
        msgspec.convert(manifest.migrations, list[tuple[str, str]])
        msgspec.convert(manifest.sequences, dict[str, tuple[int, bool]])
        invited = msgspec.convert(manifest.invitations, list[_Invitation])
        for email in (*(person.email for person in people), *(asked.email for asked in invited)):
            validate_email(email)
    except (msgspec.MsgspecError, ValidationError) as error:
        raise BundleBroken(_("This file is not a whole export of a bank.")) from error
    _require_names(_FILE, (each.name for each in manifest.files))
    _require_names(_TABLE, (each.name for each in manifest.tables))
    _require_names(_TABLE, (each.name for each in manifest.public))
    _require_hats_of_a_bank((each.email, [each.role], each.partner_id) for each in people)
    _require_hats_of_a_bank((each.email, each.roles, each.partner_id) for each in invited)


def _require_names(pattern: re.Pattern[str], names: Iterable[str]) -> None:
    counted = Counter(names)
    if any(number > 1 or not pattern.fullmatch(name) for name, number in counted.items()):
        raise BundleBroken(_("This file is not a whole export of a bank."))


def _require_hats_of_a_bank(given: Iterable[tuple[str, list[str], UUID | None]]) -> None:
    """Refuse roles (of an address, with its charity) that a bank does not give by itself.

    Raises:
        BundleBroken: with the first.
    """
    for email, roles, partner_id in given:
        if not HATS.issuperset(roles) or (Role.PARTNER in roles) != (partner_id is not None):
            raise BundleBroken(
                _("This export gives %(email)s a role that no bank gives: “%(role)s”."),
                code="bundle_gives_too_much",
                params={"email": email, "role": ", ".join(roles)[:40]},
            )


def require_wired(deliveries: Iterable[tuple[str, str, str]]) -> None:
    """Refuse deliveries (fact, reaction, content) that this version of the product would not make itself.

    Raises:
        BundleBroken: with the first that nobody wired, or whose content does not fit.
    """
    kinds = {
        (facts.name_of(kind), facts.name_of(reaction)): kind
        for kind, reactions in facts.wiring().items()
        for reaction in reactions.later
    }
    for fact, handler, payload in deliveries:
        try:
            msgspec.json.decode(payload, type=kinds[fact, handler])
        except (KeyError, msgspec.MsgspecError) as error:
            raise BundleBroken(
                _("This export asks for work that this version does not know: %(work)s."),
                code="bundle_asks_unknown_work",
                params={"work": f"{fact[:60]} → {handler[:60]}"},
            ) from error
