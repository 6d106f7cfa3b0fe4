"""Reconciliation: every figure is recomputed from the ledgers and must agree to the gram."""

import logging
from uuid import uuid4

import pytest

from apps.impact.selectors import disagreements
from apps.kernel import clock
from apps.kernel.abilities import Role, software
from apps.kernel.errors import Forbidden
from apps.stock.models import Movement
from apps.stock.services import movement_reverse, stock_count, stock_deliver, stock_lose
from apps.stock.states import LossDestination, LossReason
from tenants.crossing import Purpose, in_tenant
from tenants.federation.services import fold_all, reconcile
from tenants.federation.tasks import reconcile as reconcile_task
from tests.making.figures import count
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import KEEPER, make_lot, paper, reserved_item
from tests.people import actor_as

AUDITOR = software("test")


def a_day_in_the_warehouse() -> None:
    """Receive, lose, count, hand over and correct goods, of odd weights and values."""
    location = make_location()
    lot = make_lot(123_457, location=location, is_fresh=True, value_cents_per_kg=333)
    stock_lose(
        KEEPER, op_key=uuid4(), lot=lot, location=location, grams=1_001,
        reason=LossReason.DAMAGED, destination=LossDestination.COMPOST,
    )  # fmt: skip
    stock_count(
        KEEPER, op_key=uuid4(), lot=lot, location=location, counted_grams=120_000, reason="yearly count"
    )
    items = [reserved_item(lot, location, 50_003)]
    stock_deliver(
        KEEPER, op_key=uuid4(), items=items, partner=make_partner(), document=paper("delivery_note")
    )
    lost = Movement.objects.get(kind="lose")
    movement_reverse(KEEPER, op_key=uuid4(), movement=lost, reason="found again")
    make_lot(7, location=location, is_food=False, is_organic=True)


def test_figures_agree_with_the_ledgers_of_every_bank(twin_a, twin_b):
    for bank in (twin_a, twin_b):
        with in_tenant(bank, Purpose.TEST):
            a_day_in_the_warehouse()
    assert reconcile(AUDITOR) == []
    fold_all()
    assert reconcile(AUDITOR) == []


@pytest.mark.pitfall(25)
def test_a_single_gram_too_many_is_named(twin_a, twin_b):
    with in_tenant(twin_b, Purpose.TEST):
        make_lot(5_000)
        today = clock.today()
    fold_all()
    count(twin_b, "out", 1, day=today, detail="CHRS")
    [difference] = reconcile(AUDITOR)
    assert (difference.bank_label, difference.day) == (twin_b.name, today)
    assert (difference.flow, difference.family, difference.grams) == ("out", "DRY", 1)
    assert "difference +1 g" in str(difference)


def test_a_figure_that_lacks_is_named_from_the_ledger_s_side(bank):
    lot = make_lot(5_000, value_cents_per_kg=100)
    count(bank, "in", -5_000, family=lot.family.code, site=site_of(lot), cents=-500, day=lot.received_on)
    [wrong] = disagreements()
    assert (wrong.ledger_grams, wrong.counted_grams) == (5_000, 0)
    assert (wrong.ledger_cents, wrong.counted_cents) == (500, 0)


def site_of(lot) -> str:
    return str(lot.accounts.get(kind="on_hand").location.site.code)


def test_figures_of_an_unknown_bank_are_named(twin_a, caplog):
    stranger = type(twin_a)(id=uuid4(), name="nobody")
    count(stranger, "in", 12)
    with caplog.at_level(logging.ERROR, logger="collecto.federation"):
        assert reconcile_task() == 1
    assert str(stranger.pk) in caplog.text


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ACCOUNTS, Role.OPERATOR])
def test_only_the_federation_reconciles(db, role):
    with pytest.raises(Forbidden):
        reconcile(actor_as(role))
