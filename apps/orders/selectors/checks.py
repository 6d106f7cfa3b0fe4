"""Whether an order could be placed, whatever is in stock: partner, site, day, agreement, cold equipment."""

import datetime as dt
from collections.abc import Sequence
from typing import cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.kernel import clock, display
from apps.kernel.errors import DomainError
from apps.orders.errors import (
    AgreementMissing,
    DayPassed,
    LinesRefused,
    NothingWanted,
    PartnerAway,
    SiteClosed,
)
from apps.orders.rules import Equipment, equipment_missing, is_open_on
from apps.orders.selectors.goods import WantedLine
from apps.partners.models import Agreement, Partner
from apps.sites.models import OpeningSlot, Site
from apps.sites.states import SiteKind, SlotPurpose


def sites_with_orders() -> QuerySet[Site]:
    """Return the sites where goods can be ordered: in use, and not a workshop."""
    return Site.objects.active().exclude(kind=SiteKind.WORKSHOP)


def handover_weekdays(site: Site) -> frozenset[int]:
    """Return the days of the week (0 = Monday) on which a site hands goods over; empty means every day."""
    slots = OpeningSlot.objects.filter(site=site, purpose=SlotPurpose.HANDOVER)
    return frozenset(slots.values_list("weekday", flat=True))


def equipment_problem(partner: Partner, *, label: str, temperature_class: str) -> str | None:
    """Return why a partner cannot keep goods of a temperature class, or ``None`` when it can."""
    missing = equipment_missing(
        temperature_class, has_chilled=partner.has_chilled, has_frozen=partner.has_frozen
    )
    if missing is None:
        return None
    if missing is Equipment.FREEZER:
        return _("%(goods)s: frozen, and %(partner)s has no freezer.") % {"goods": label, "partner": partner}
    return _("%(goods)s: chilled, and %(partner)s has no cold room.") % {"goods": label, "partner": partner}


def order_refusal(
    *, partner: Partner, site: Site, wanted_on: dt.date, lines: Sequence[WantedLine]
) -> DomainError | None:
    """Return why an order could not be placed, whatever is in stock; ``None`` when it could."""
    refusal = place_refusal(partner=partner, site=site, wanted_on=wanted_on)
    return refusal or lines_refusal(partner=partner, lines=lines)


def place_refusal(*, partner: Partner, site: Site, wanted_on: dt.date) -> DomainError | None:
    """Return why a partner could not order anything at a site for a day; ``None`` when it could."""
    if partner.is_archived:
        return PartnerAway(partner.name)
    if site.is_archived:
        return SiteClosed(_("%(site)s is closed. Choose another site."), field="site", params={"site": site})
    if wanted_on < clock.today():
        return DayPassed()
    weekdays = handover_weekdays(site)
    if not is_open_on(wanted_on, weekdays):
        return SiteClosed(
            _("%(site)s hands nothing over on %(day)s. Open: %(days)s."),
            field="wanted_on",
            params={"site": site, "day": display.day(wanted_on), "days": _names_of(weekdays)},
        )
    if not Agreement.objects.filter(
        partner=partner, starts_on__lte=wanted_on, ends_on__gte=wanted_on
    ).exists():
        return AgreementMissing(partner=partner.name, day=display.day(wanted_on))
    return None


def lines_refusal(*, partner: Partner, lines: Sequence[WantedLine]) -> DomainError | None:
    """Return which lines a partner could never order, and why; ``None`` when all could be."""
    if not lines:
        return NothingWanted()
    problems = {n: _line_problem(partner, line) for n, line in enumerate(lines)}
    found = {n: sentence for n, sentence in problems.items() if sentence}
    return LinesRefused(found) if found else None


def _line_problem(partner: Partner, line: WantedLine) -> str | None:
    if line.grams <= 0:
        return _("%(goods)s: order more than 0 kg.") % {"goods": line.label}
    if line.family.is_archived or (line.product and line.product.is_archived):
        return _("%(goods)s is no longer in the catalogue.") % {"goods": line.label}
    return equipment_problem(partner, label=line.label, temperature_class=line.temperature_class)


def _names_of(weekdays: frozenset[int]) -> str:
    names = dict(cast("list[tuple[int, str]]", OpeningSlot._meta.get_field("weekday").flatchoices))
    return ", ".join(str(names[day]) for day in sorted(weekdays))
