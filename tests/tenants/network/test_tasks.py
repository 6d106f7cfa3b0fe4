"""Periodic work of the network reaches every bank, and names tasks that exist."""

import datetime as dt

import pytest
from celery import current_app  # the product's own, loaded at start-up
from django.conf import settings

from apps.kernel import clock
from apps.offers.models import Offer
from apps.offers.states import DeclineReason, OfferStatus
from apps.offers.tasks import expire_due
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank
from tests.making.offers import make_offer
from tests.spaces import bank_called


@pytest.fixture
def two_banks(twin_a: FoodBank, twin_b: FoodBank) -> dict[FoodBank, list[Offer]]:
    """Two banks, each with an offer to answer within the hour and one without limit."""
    recorded = {}
    for bank in (twin_a, twin_b):
        with in_tenant(bank, Purpose.TEST):
            soon = clock.now() + dt.timedelta(hours=1)
            recorded[bank] = [make_offer(answer_by=soon), make_offer(answer_by=None)]
    return recorded


def offers_expire() -> int:
    """Run the job in every bank, as its turn does; returns how many offers expired."""
    expired = 0
    for bank in (bank_called("twin-a"), bank_called("twin-b")):
        with in_tenant(bank, Purpose.TEST):
            expired += expire_due()
    return expired


def states_of(bank: FoodBank, offers: list[Offer]) -> list[str]:
    with in_tenant(bank, Purpose.TEST):
        return [Offer.objects.get(pk=offer.pk).status for offer in offers]


def test_offers_without_an_answer_expire_in_every_bank(two_banks: dict[FoodBank, list[Offer]]):
    with clock.time_set_to(clock.now() + dt.timedelta(hours=2)):
        assert offers_expire() == 2
    for bank, offers in two_banks.items():
        assert states_of(bank, offers) == [OfferStatus.EXPIRED, OfferStatus.PROPOSED]


def test_an_expired_offer_says_that_nobody_answered(two_banks: dict[FoodBank, list[Offer]]):
    with clock.time_set_to(clock.now() + dt.timedelta(hours=2)):
        offers_expire()
    for bank, (late, _open) in two_banks.items():
        with in_tenant(bank, Purpose.TEST):
            assert Offer.objects.get(pk=late.pk).decline_reason == DeclineReason.NO_ANSWER


def test_an_offer_expires_once(two_banks: dict[FoodBank, list[Offer]]):
    with clock.time_set_to(clock.now() + dt.timedelta(hours=2)):
        offers_expire()
        assert offers_expire() == 0


def test_an_offer_still_in_time_is_left_alone(two_banks: dict[FoodBank, list[Offer]]):
    assert offers_expire() == 0


def test_everything_on_the_schedule_is_a_task_that_exists():
    current_app.loader.import_default_modules()
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    wanted = {entry["task"] for entry in entries} | {entry["args"][0] for entry in entries}
    assert wanted <= set(current_app.tasks)
