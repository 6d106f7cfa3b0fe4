"""Partners that were served recalled goods: told, reminded, and what they answer, whatever the way."""

import datetime as dt
import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.recalls.errors import AnswerIncomplete, NotFinished
from apps.recalls.models import RecallCase, RecallReach
from apps.recalls.selectors import found_lots, link_reach, link_word, standing_of
from apps.recalls.services import (
    answer_record,
    case_close,
    lots_named,
    match_dismiss,
    reach_answer,
    reach_explain,
    reach_read,
    reminders_send,
)
from apps.recalls.services.warning import partners_warn
from apps.recalls.states import AnswerWay, CaseState, ReachState
from apps.stock.models import Lot, Movement
from apps.stock.services import movement_reverse, stock_lose
from apps.stock.states import LossDestination, LossReason, MovementKind
from tests.making.delivery import hand_over, make_picking, weigh
from tests.making.orders import kg, make_line, place
from tests.making.partners import make_partner
from tests.making.recalls import SAFETY, make_case, make_recalled_lot, only_match, only_reach
from tests.making.sites import make_location
from tests.people import actor_as, visitor

EMAIL = "asso@example.org"
ALL: dict[str, Any] = {"destroyed_grams": 0, "used_grams": 0, "answered_by": "Camille"}


def serve(kilograms: float = 4, **partner: Any) -> Lot:
    """Hand kilograms of a lot that tests recall over to a partner; 10 kg were there."""
    shelf = make_location()
    lot: Lot = make_recalled_lot(location=shelf)
    assert lot.product is not None
    partner = {"email": EMAIL, **partner}
    order = place(make_line(lot.product, kilograms), site=shelf.site, partner=make_partner(**partner))
    hand_over(weigh(make_picking(order)))
    return lot


@pytest.fixture
def case(bank) -> RecallCase:
    serve()
    return make_case()


def test_who_was_served_is_told_what_how_much_and_what_to_do(case, deliver):
    deliver()
    [letter] = mail.outbox
    reach = only_reach(case)
    assert (reach.served_grams, reach.state, letter.to) == (4_000, ReachState.WAITING, [EMAIL])
    assert case.title in letter.subject
    assert "12345A" in letter.body
    assert "4" in letter.body
    [word] = re.findall(r"/recalls/answer/(\S+)/", str(letter.body))
    assert link_reach(word) == reach


def test_an_exercise_says_so_in_its_letter(bank, deliver):
    serve()
    make_case(is_exercise=True)
    deliver()
    assert mail.outbox[0].subject.startswith("EXERCISE")
    assert mail.outbox[0].body.startswith("EXERCISE")


def test_a_delivery_that_was_undone_tells_nobody(bank):
    serve()
    movement_reverse(
        SAFETY, op_key=uuid4(), movement=Movement.objects.get(kind=MovementKind.DELIVER), reason="mistake"
    )
    assert not RecallReach.objects.filter(case=make_case()).exists()


def test_an_answer_accounts_for_everything(case):
    reach = only_reach(case)
    with pytest.raises(AnswerIncomplete):
        reach_answer(SAFETY, reach=reach, returned_grams=3_999, **ALL)
    answered = reach_answer(SAFETY, reach=reach, returned_grams=4_000, **ALL)
    assert (answered.state, answered.answered_by, answered.read_at is not None) == (
        "answered",
        "Camille",
        True,
    )


def test_the_staff_writes_what_was_said_on_the_telephone(case):
    reach = answer_record(actor_as(Role.ORDERS), reach=only_reach(case), returned_grams=4_000, **ALL)
    assert reach.answered_way == AnswerWay.PHONE
    with pytest.raises(Forbidden):
        answer_record(actor_as(Role.DRIVER), reach=reach, returned_grams=4_000, **ALL)


def test_who_is_silent_is_reminded_and_who_answered_is_not(case, deliver):
    tomorrow = clock.now() + dt.timedelta(hours=25)
    assert reminders_send(SAFETY, now=tomorrow) == 1
    assert reminders_send(SAFETY, now=clock.now()) == 0
    deliver()
    assert any(letter.subject.startswith("Reminder") for letter in mail.outbox)
    reach_answer(SAFETY, reach=only_reach(case), returned_grams=4_000, **ALL)
    assert reminders_send(SAFETY, now=tomorrow + dt.timedelta(days=3)) == 0


def test_a_reminder_waits_for_its_hours_and_counts_each_one(case):
    hours = dt.timedelta(hours=settings.RECALL_REMINDER_HOURS)
    told = only_reach(case).told_at
    assert told is not None
    assert reminders_send(SAFETY, now=told + hours) == 0
    assert reminders_send(SAFETY, now=told + hours + dt.timedelta(minutes=1)) == 1
    assert only_reach(case).reminder_count == 1


def test_who_has_read_without_answering_is_reminded_too(case):
    reach_read(SAFETY, reach=only_reach(case))
    assert reminders_send(SAFETY, now=clock.now() + dt.timedelta(hours=25)) == 1


def test_who_has_no_address_is_not_reminded_the_bank_telephones(bank):
    serve(email="")
    make_case()
    assert reminders_send(SAFETY, now=clock.now() + dt.timedelta(days=3)) == 0


def test_nobody_is_reminded_of_a_closed_recall(case):
    reach_explain(SAFETY, reach=only_reach(case), reason="closed for good")
    case_close(SAFETY, case=case, conclusion="all incinerated")
    RecallReach.objects.update(state=ReachState.WAITING)
    assert reminders_send(SAFETY, now=clock.now() + dt.timedelta(days=3)) == 0


def test_a_released_lot_is_asked_of_nobody(case):
    match_dismiss(SAFETY, match=only_match(case), reason="wrong article")
    reach = only_reach(case)
    assert (reach.served_grams, reach.state) == (0, ReachState.EXPLAINED)


def test_the_grams_of_a_recall_add_up(case):
    [found] = found_lots(case)
    place_of = Movement.objects.filter(kind=MovementKind.RECEIVE).get().destination.location
    assert place_of is not None
    stock_lose(
        SAFETY,
        op_key=uuid4(),
        lot=found.lot,
        location=place_of,
        grams=1_500,
        reason=LossReason.RECALL,
        destination=LossDestination.INCINERATION,
    )
    grams = standing_of(case).grams
    assert (grams.entered, grams.in_stock, grams.served, grams.lost) == (10_000, 4_500, 4_000, 1_500)


def test_a_case_closes_when_everybody_is_settled(case):
    with pytest.raises(NotFinished):
        case_close(SAFETY, case=case, conclusion="done")
    reach_explain(SAFETY, reach=only_reach(case), reason="closed for good; seen on site, nothing left")
    closed = case_close(SAFETY, case=case, conclusion="all incinerated")
    assert (closed.state, closed.closed_by) == (CaseState.CLOSED, SAFETY.label)


def test_a_closed_case_for_which_another_bank_names_more_lots_is_open_without_a_conclusion(bank):
    case = make_case()
    case_close(SAFETY, case=case, conclusion="nothing here")
    again = lots_named(SAFETY, case=case, origins=[uuid4()], told_by="Twin B")
    again.refresh_from_db()
    assert (again.state, again.closed_by, again.closed_at, again.conclusion) == (CaseState.OPEN, "", None, "")


def test_the_partners_of_lots_kept_back_are_worked_out_once(bank, monkeypatch):
    serve()
    asked = []

    def counted(actor, *, case):
        asked.append(case)
        return partners_warn(actor, case=case)

    for module in ("searching", "keeping_back"):
        monkeypatch.setattr(f"apps.recalls.services.{module}.partners_warn", counted)
    case = make_case()
    assert asked == [case]
    assert only_reach(case).served_grams == kg(4)


def test_a_lot_to_check_keeps_a_case_open(bank):
    make_recalled_lot(lot="OTHER")
    case = make_case()
    with pytest.raises(NotFinished):
        case_close(SAFETY, case=case, conclusion="done")


def test_a_partner_without_an_address_is_not_told_but_telephoned(bank, sign_in):
    serve(email="")
    case = make_case()
    assert standing_of(case).told == 0
    assert "No e-mail: telephone" in sign_in(bank, Role.MANAGER).get(f"/recalls/{case.pk}/").content.decode()


# --- pages ---


def sent(kilograms: str = "4", **more: str) -> dict[str, str]:
    return {
        "returned_grams": kilograms,
        "destroyed_grams": "0",
        "used_grams": "0",
        "answered_by": "Inès",
        **more,
    }


def test_the_link_opens_without_signing_in_and_opening_it_changes_nothing(bank, case):
    reach = only_reach(case)
    page = visitor(bank).get(f"/recalls/answer/{link_word(reach)}/")
    assert page.status_code == 200
    assert case.title in page.content.decode()
    assert only_reach(case).state == ReachState.WAITING


def test_the_link_answers_and_corrects(bank, case):
    url = f"/recalls/answer/{link_word(only_reach(case))}/"
    browser = visitor(bank)
    assert browser.post(url, {"act": "read"}).status_code == 302
    assert only_reach(case).state == ReachState.READ
    assert browser.post(url, sent("3")).status_code == 422
    assert browser.post(url, sent()).status_code == 302
    assert browser.post(url, sent("0", destroyed_grams="4")).status_code == 302
    reach = only_reach(case)
    assert (reach.destroyed_grams, reach.answered_way, reach.answered_by) == (4_000, AnswerWay.LINK, "Inès")


@pytest.mark.parametrize("word", ["nothing", "WyJhIl0:1", "a:b:c", "%00"])
def test_a_false_link_opens_nothing(bank, case, word):
    assert visitor(bank).get(f"/recalls/answer/{word}/").status_code == 404


def test_the_link_of_a_closed_case_is_over(bank, case):
    word = link_word(only_reach(case))
    reach_answer(SAFETY, reach=only_reach(case), returned_grams=4_000, **ALL)
    case_close(SAFETY, case=case, conclusion="done")
    assert visitor(bank).get(f"/recalls/answer/{word}/").status_code == 404


def test_a_link_of_one_bank_opens_nothing_in_another(bank, twin_b, case):
    assert visitor(twin_b).get(f"/recalls/answer/{link_word(only_reach(case))}/").status_code == 404


def test_a_charity_sees_and_answers_its_own_on_its_page(bank, case, sign_in):
    reach = only_reach(case)
    browser = sign_in(bank, Role.PARTNER, partner_id=reach.partner_id)
    assert case.title in browser.get("/recalls/mine/").content.decode()
    assert "recall" in browser.get("/").content.decode().lower()
    assert browser.post(f"/recalls/mine/{reach.pk}/", sent()).status_code == 302
    assert only_reach(case).answered_way == AnswerWay.PAGE
    other = sign_in(bank, Role.PARTNER, partner_id=make_partner().pk)
    assert other.get(f"/recalls/mine/{reach.pk}/").status_code == 404
    assert other.get(f"/recalls/{case.pk}/").status_code == 404


def test_the_page_of_a_case_tells_everything(bank, case, sign_in):
    browser = sign_in(bank, Role.MANAGER)
    said = browser.get(f"/recalls/{case.pk}/").content.decode()
    for word in (case.number, "12345A", "1 · barcode and lot", "Partners served"):
        assert word in said
    assert "does not say" not in said
    assert re.search(r"Others may be concerned", said)
    assert case.number in browser.get("/recalls/", {"q": case.number}).content.decode()
    assert browser.get("/").content.decode().count("open recall") == 1


def test_a_recall_without_a_lot_never_says_that_goods_are_safe(bank, sign_in):
    empty = make_case()
    said = sign_in(bank, Role.MANAGER).get(f"/recalls/{empty.pk}/").content.decode()
    assert "This does not say that the goods are safe" in said


def test_the_staff_opens_a_recall_by_hand(bank, sign_in):
    lot = serve()
    browser = sign_in(bank, Role.STOCK)
    typed = {"title": "Fromage", "motive": "Listeria", "gtin": "9521000000018", "lot_text": "12345A"}
    assert browser.post("/recalls/new/", {**typed, "gtin": "9521000000019"}).status_code == 422
    assert browser.post("/recalls/new/", {"title": "x", "motive": "y"}).status_code == 422
    assert browser.post("/recalls/new/", typed).status_code == 302
    assert only_match(RecallCase.objects.get()).lot_id == lot.pk


def test_frozen_goods_are_dealt_with_on_the_page_of_the_order(bank, sign_in):
    shelf = make_location()
    lot = make_recalled_lot(location=shelf)
    order = place(make_line(lot.product, 4), site=shelf.site)
    make_case()
    browser = sign_in(bank, Role.ORDERS)
    assert "Frozen" in browser.get(f"/orders/{order.pk}/").content.decode()
    assert browser.post(f"/orders/{order.pk}/revise/", {"with_others": "no"}).status_code == 302
    assert order.lines.get().reserved_grams == kg(0)
