"""Campaigns of public programmes: opened by name, received for while open, closed with their account kept."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from apps.donors.models import Campaign
from apps.donors.selectors import campaign_of
from apps.donors.services import campaign_close, campaign_create, campaign_update
from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import Forbidden
from apps.receiving.errors import CampaignUnknown, ControlFailed
from apps.receiving.services import receipt_post
from apps.stock.models import Lot
from tenants.registry.models import FoodBank
from tests.making.receiving import make_check, make_receipt, make_receipt_line
from tests.making.sites import make_location
from tests.people import SignIn, actor_as

pytestmark = pytest.mark.usefixtures("bank")
FSE = "FSE_PLUS"


def opened(actor: Actor, name: str = "ESF+ 2026", **days: Any) -> Campaign:
    given = {"starts_on": clock.today() - dt.timedelta(days=9), **days}
    return campaign_create(actor, programme=FSE, name=name, **given)


def test_goods_of_a_programme_enter_its_only_open_campaign_or_the_one_named(manager: Actor) -> None:
    today = clock.today()
    assert campaign_of(FSE, "", today) == ""
    first = opened(manager)
    assert campaign_of(FSE, "", today) == "ESF+ 2026"
    opened(manager, "ESF+ 2027")
    assert (campaign_of(FSE, "", today), campaign_of(FSE, "ESF+ 2027", today)) == ("", "ESF+ 2027")
    campaign_close(manager, campaign=first)
    assert (campaign_of(FSE, "", today), campaign_of(FSE, "ESF+ 2026", today)) == ("ESF+ 2027", None)
    assert campaign_of("GMS_RAMASSE", "Summer", today) == "Summer"


@pytest.mark.parametrize(("starts", "ends", "is_open"), [(0, 0, True), (1, 5, False), (-5, -1, False)])
def test_both_ends_of_a_campaign_are_in_it(manager: Actor, starts: int, ends: int, is_open: bool) -> None:
    today = clock.today()
    days: dict[str, Any] = {
        "starts_on": today + dt.timedelta(days=starts),
        "ends_on": today + dt.timedelta(days=ends),
    }
    opened(manager, **days)
    assert (campaign_of(FSE, "ESF+ 2026", today) == "ESF+ 2026") is is_open


def test_nothing_is_received_for_a_campaign_that_is_not_open() -> None:
    with pytest.raises(CampaignUnknown) as refused:
        make_receipt(supply_source=FSE, campaign="ESF+ 1999")
    assert refused.value.field == "campaign"


def test_a_lot_keeps_its_campaign_and_lies_at_a_location_of_its_programme(manager: Actor) -> None:
    opened(manager)
    shelf = make_location()
    own = make_location(shelf.site, programme=FSE)
    receipt = make_receipt(make_receipt_line(), site=shelf.site, supply_source=FSE)
    [line] = receipt.lines.all()
    with pytest.raises(ControlFailed, match="public programme") as refused:
        receipt_post(manager, receipt=receipt, checks=[make_check(line, location=shelf)])
    assert "location" in str(refused.value.field)
    receipt_post(manager, receipt=receipt, checks=[make_check(line, location=own)])
    assert Lot.objects.get().campaign == "ESF+ 2026"


def test_a_name_is_used_once_and_days_stay_in_order(manager: Actor) -> None:
    campaign = opened(manager)
    with pytest.raises(ValidationError, match="campaign of this name"):
        opened(manager)
    with pytest.raises(ValidationError, match="after the beginning"):
        campaign_update(
            manager,
            campaign=campaign,
            starts_on=campaign.starts_on,
            ends_on=campaign.starts_on - dt.timedelta(days=1),
        )


def test_a_volunteer_opens_no_campaign() -> None:
    with pytest.raises(Forbidden):
        opened(actor_as(Role.VOLUNTEER))


def test_a_campaign_is_opened_changed_and_closed_on_screen(bank: FoodBank, sign_in: SignIn) -> None:
    browser = sign_in(bank, Role.MANAGER)
    typed = {"programme": FSE, "name": "ESF+ 2026", "starts_on": "2026-01-01", "op_key": str(uuid4())}
    assert browser.post(reverse("donors_campaign_create"), typed).status_code == 302
    assert browser.post(reverse("donors_campaign_create"), typed).status_code == 302
    campaign = Campaign.objects.get()
    days = {"starts_on": "2026-02-01", "ends_on": "2026-12-31", "name": "Other"}
    browser.post(reverse("donors_campaign_edit", args=[campaign.pk]), days)
    browser.post(reverse("donors_campaign_archive", args=[campaign.pk]), {"reason": "Over"})
    closed = Campaign.objects.get()
    assert (closed.name, closed.ends_on, closed.is_archived) == ("ESF+ 2026", dt.date(2026, 12, 31), True)
    assert "Closed" in browser.get(reverse("donors_campaign_detail", args=[campaign.pk])).text
