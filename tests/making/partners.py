"""Builders of partners, their agreements and hygiene visits."""

import datetime as dt
from itertools import count
from typing import Any

from apps.kernel import clock
from apps.partners.models import Agreement, HygieneVisit, Partner
from apps.partners.states import AccreditationKind, PartnerType

_numbers = count(1)


def make_partner(*, agreement: bool = True, **overrides: Any) -> Partner:
    """Return a new accredited charity with cold equipment and, unless refused, an agreement in force."""
    n = next(_numbers)
    values = {
        "code": f"PAR-{n}",
        "name": f"Charity {n}",
        "partner_type": PartnerType.ASSO_COLIS,
        "city": "Dijon",
        "department": "21",
        "person_count": 200,
        "household_count": 80,
        "accreditation_kind": AccreditationKind.REGIONAL,
        "has_chilled": True,
        "has_frozen": True,
    }
    partner = Partner.objects.create(**values | overrides)
    if agreement:
        make_agreement(partner)
    return partner


def make_agreement(partner: Partner | None = None, **overrides: Any) -> Agreement:
    """Return a new agreement that began thirty days ago and runs for a year."""
    today = clock.today()
    values = {
        "partner": partner or make_partner(agreement=False),
        "starts_on": today - dt.timedelta(days=30),
        "ends_on": today + dt.timedelta(days=335),
        "signed_by": "President of the charity",
    }
    return Agreement.objects.create(**values | overrides)


def make_hygiene_visit(partner: Partner | None = None, **overrides: Any) -> HygieneVisit:
    """Return a new visit of yesterday with a good score."""
    values = {
        "partner": partner or make_partner(),
        "visited_on": clock.today() - dt.timedelta(days=1),
        "visitor": "Hygiene referent",
        "score": 90,
    }
    return HygieneVisit.objects.create(**values | overrides)
