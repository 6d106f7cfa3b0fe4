"""What a partner brings back goes to quarantine, under its own lot, and never beyond what was given."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from apps.delivery.models import DeliveryNote
from apps.delivery.selectors import document_of, given_of
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock.errors import (
    LotInQuarantine,
    MoreThanGiven,
    NotGiven,
    ReturnedMeanwhile,
    ReturnNeedsQuarantine,
)
from apps.stock.models import Lot, Movement
from apps.stock.services import movement_reverse, stock_return
from apps.stock.states import MovementKind, ReturnReason
from tenants.registry.models import FoodBank
from tests.making.delivery import KEEPER, make_note
from tests.making.sites import make_location
from tests.making.stock import counted, held, make_lot, reserved_item
from tests.people import SignIn, actor_as

pytestmark = pytest.mark.usefixtures("bank")


@dataclass
class Case:
    """A note that gave some of a lot, and a quarantine at its site."""

    note: DeliveryNote
    lot: Lot
    grams: int
    quarantine: Location

    def back(self, grams: int, **overrides: Any) -> Movement:
        """Take so many grams back."""
        values: dict[str, Any] = {
            "op_key": uuid4(),
            "lot": self.lot,
            "document": document_of(self.note),
            "location": self.quarantine,
            "grams": grams,
            "reason": ReturnReason.SURPLUS,
        }
        return stock_return(KEEPER, **values | overrides)

    @property
    def page(self) -> str:
        """The address of the form."""
        return f"/delivery/notes/{self.note.pk}/return/"


@pytest.fixture
def case(bank: FoodBank) -> Case:
    note = make_note()
    line = note.lines.select_related("lot", "location__site").get()
    site = line.location.site
    quarantine = make_location(site, purpose=LocationPurpose.QUARANTINE, name="Quarantine")
    return Case(note, line.lot, line.grams, quarantine)


def test_it_comes_back_under_its_lot_and_is_counted_off_what_was_given(bank: FoodBank, case: Case):
    before = Lot.objects.count()
    moved = case.back(1_000, comment="Torn boxes")
    assert held(case.lot, case.quarantine) == (1_000, 0)
    assert Lot.objects.count() == before
    assert (moved.kind, moved.party_id, moved.document_id) == ("return", case.note.partner_id, case.note.pk)
    flows = [(flow, grams) for flow, _detail, grams in counted(bank)]
    assert flows[-1] == ("out", -1_000)
    assert sum(grams for flow, grams in flows if flow == "out") == case.grams - 1_000


def test_no_more_comes_back_than_was_given_in_one_go_or_in_several(case: Case):
    with pytest.raises(MoreThanGiven):
        case.back(case.grams + 1)
    case.back(case.grams - 1)
    with pytest.raises(MoreThanGiven):
        case.back(2)
    case.back(1)
    assert given_of(case.note)[case.lot.pk].left_grams == 0


def test_the_same_key_takes_back_once(case: Case):
    key = uuid4()
    assert case.back(1_000, op_key=key) == case.back(1_000, op_key=key)
    assert held(case.lot, case.quarantine) == (1_000, 0)


def test_it_goes_to_a_quarantine_that_is_in_use_and_nowhere_else(case: Case):
    with pytest.raises(ReturnNeedsQuarantine):
        case.back(1_000, location=make_location(case.quarantine.site))
    assert not Movement.objects.filter(kind=MovementKind.RETURN).exists()


def test_what_came_back_cannot_be_given_out_from_there(case: Case):
    case.back(1_000)
    with pytest.raises(LotInQuarantine):
        reserved_item(case.lot, case.quarantine, 500)


def test_a_lot_that_the_note_did_not_give_is_refused(case: Case):
    with pytest.raises(NotGiven):
        case.back(1_000, lot=make_lot(5_000))


def test_a_delivery_of_which_something_came_back_is_not_reversed_over_it(case: Case):
    given = Movement.objects.get(kind=MovementKind.DELIVER, document_id=case.note.pk)
    back = case.back(1_000)
    with pytest.raises(ReturnedMeanwhile):
        movement_reverse(KEEPER, op_key=uuid4(), movement=given, reason="Wrong partner")
    movement_reverse(KEEPER, op_key=uuid4(), movement=back, reason="Wrong note")
    assert given_of(case.note)[case.lot.pk].left_grams == case.grams
    movement_reverse(KEEPER, op_key=uuid4(), movement=given, reason="Wrong partner")


@pytest.mark.parametrize("role", [Role.ACCOUNTS, Role.ROUNDS, Role.DRIVER, Role.PARTNER])
def test_others_take_nothing_back(case: Case, role: Role):
    with pytest.raises(Forbidden):
        stock_return(
            actor_as(role),
            op_key=uuid4(),
            lot=case.lot,
            document=document_of(case.note),
            location=case.quarantine,
            grams=1_000,
            reason=ReturnReason.RECALL,
        )


def test_the_page_takes_it_back_and_the_note_tells_it(bank: FoodBank, sign_in: SignIn, case: Case):
    browser = sign_in(bank, Role.STOCK)
    sent = {
        "lot": str(case.lot.pk),
        "location": str(case.quarantine.pk),
        "reason": "cold_break",
        "grams": "1",
    }
    assert case.page in browser.get(f"/delivery/notes/{case.note.pk}/").text

    shown = browser.post(case.page, sent, follow=True).text
    assert "what came back is in quarantine" in shown
    assert "Cold chain broken" in shown

    answer = browser.post(case.page, {**sent, "grams": "9999"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"grams"}


def test_a_charity_sees_what_came_back_and_cannot_write_it(bank: FoodBank, sign_in: SignIn, case: Case):
    case.back(1_000)
    browser = sign_in(bank, Role.PARTNER, partner_id=case.note.partner_id)
    shown = browser.get(f"/delivery/notes/{case.note.pk}/").text
    assert "More than could be given out" in shown
    assert browser.get(case.page).status_code == 403
