"""What is done on the pages of a recall, without JavaScript, and the facts it tells."""

from typing import Any
from uuid import uuid4

import pytest

from apps.kernel.abilities import Role
from apps.orders.facts import OrderRevised
from apps.orders.services import order_revise
from apps.recalls.facts import LotsRecalled, PartnerWarned, RecallCaseChanged
from apps.recalls.models import RecallCase, RecallGroup, RecallMatch
from apps.recalls.services import match_dismiss
from apps.recalls.states import CaseState, MatchState, ReachState
from apps.stock.facts import LotBlocked, LotReleased
from tests.apps.recalls.test_partners import serve
from tests.making.facts import facts_told
from tests.making.orders import DESK, make_line, place
from tests.making.recalls import SAFETY, make_case, make_recalled_lot, only_match, only_reach
from tests.making.sites import make_location
from tests.statements import statements_of


@pytest.fixture
def browser(bank: Any, sign_in: Any) -> Any:
    return sign_in(bank, Role.MANAGER)


def post(browser: Any, url: str, **sent: str) -> int:
    return int(browser.post(f"/recalls/{url}", sent).status_code)


def test_a_lot_is_decided_from_its_line(browser):
    make_recalled_lot(lot="OTHER")
    match = only_match(make_case())
    assert f"/recalls/lots/{match.pk}/confirm/" in browser.get(f"/recalls/{match.case_id}/").content.decode()
    assert post(browser, f"lots/{match.pk}/confirm/") == 422
    assert post(browser, f"lots/{match.pk}/confirm/", reason="seen") == 302
    assert RecallMatch.objects.get().state == MatchState.OURS
    assert post(browser, f"lots/{match.pk}/dismiss/", reason="misread") == 302
    assert RecallMatch.objects.get().state == MatchState.NOT_OURS


def test_partners_are_called_reminded_and_explained(browser):
    serve()
    reach = only_reach(make_case())
    assert post(browser, f"partners/{reach.pk}/remind/") == 302
    assert only_reach(reach.case).reminder_count == 1
    assert post(browser, f"partners/{reach.pk}/explain/", reason="moved away") == 302
    assert only_reach(reach.case).state == ReachState.EXPLAINED
    weights = {"returned_grams": "4", "destroyed_grams": "0", "used_grams": "0", "answered_by": "Zoé"}
    assert post(browser, f"partners/{reach.pk}/phone/", **weights) == 302
    assert only_reach(reach.case).state == ReachState.ANSWERED


def test_a_case_is_searched_again_and_closed(browser):
    case = make_case()
    make_recalled_lot()
    assert post(browser, f"{case.pk}/search/") == 302
    assert only_match(case).state == MatchState.OURS
    assert post(browser, f"{case.pk}/close/", conclusion="") == 422
    assert post(browser, f"{case.pk}/close/", conclusion="all burnt") == 302
    assert RecallCase.objects.get().state == CaseState.CLOSED
    assert browser.get(f"/recalls/{case.pk}/").status_code == 200


def test_the_page_of_a_case_asks_as_many_questions_for_many_lots(browser):
    product = make_recalled_lot(lot="12345A").product
    case = make_case()
    few = statements_of(lambda: browser.get(f"/recalls/{case.pk}/"))
    for _lot in range(8):
        make_recalled_lot(product=product)
    post(browser, f"{case.pk}/search/")
    assert RecallMatch.objects.count() == 9
    assert statements_of(lambda: browser.get(f"/recalls/{case.pk}/")) <= few + 1


def test_what_is_named_is_kept_as_it_was_written(bank):
    make_case(lot_text="n° lot 12345a - ddm 10/2027")
    assert RecallGroup.objects.get().lot_text == "n° lot 12345a - ddm 10/2027"


def test_opening_a_recall_tells_who_must_know(bank):
    serve()
    kinds = (RecallCaseChanged, LotsRecalled, PartnerWarned, LotBlocked)
    with facts_told(*kinds) as told:
        make_case()
    assert {type(fact) for fact in told} == set(kinds)


def test_revising_an_order_and_releasing_a_lot_are_told(bank):
    shelf = make_location()
    lot = make_recalled_lot(location=shelf)
    order = place(make_line(lot.product, 4), site=shelf.site)
    case = make_case()
    with facts_told(OrderRevised) as told:
        order_revise(DESK, order=order, op_key=uuid4(), with_others=False)
    assert told == [OrderRevised(order_id=order.pk, freed_lot_ids=(lot.pk,))]
    with facts_told(LotReleased, RecallCaseChanged) as told:
        match_dismiss(SAFETY, match=only_match(case), reason="misread")
    assert [type(fact) for fact in told] == [LotReleased, RecallCaseChanged]
