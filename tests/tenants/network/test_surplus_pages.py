"""The pages of surplus, agreements, claims, resources and flows, each bank on its own site."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.stock.models import Account
from apps.stock.selectors import balances_of, grams_at
from apps.stock.services import level_create
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.models import (
    SharedResource,
    Surplus,
    SurplusRequest,
    Transfer,
    TransferAgreement,
    TransferEvent,
)
from tenants.network.needs import needs_tell
from tenants.network.services import transfer_receive, transfer_ship
from tenants.network.surplus.states import AgreementState, ClaimState, RequestState
from tenants.network.tasks import tell_needs
from tenants.network.today import queues
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus
from tests.making.network import make_shipped
from tests.making.offers import make_offer, make_offer_line
from tests.making.surplus import KEEPER, allocate, ask, lines_of, lot_of, offer, pantries, quay, shared_family
from tests.people import actor_as
from tests.statements import statements_of

BOARD = "/network/surplus/"
OFFER = "/network/surplus/new/"


@pytest.fixture
def lot(twin_a, twin_b):
    pantries(twin_a, twin_b)
    return lot_of(twin_a, label="Pommes Golden")


@pytest.fixture
def received(twin_a, twin_b, lot):
    """A transfer of 40 kg that twin B has received."""
    transfer = allocate(twin_a, ask(twin_b, offer(twin_a, (lot, 60_000)), 40_000), 40_000)
    with in_tenant(twin_a, Purpose.TEST):
        transfer_ship(KEEPER, transfer=transfer)
    with in_platform(Purpose.TEST):
        line = transfer.lines.get()
    place = quay(twin_b)
    with in_tenant(twin_b, Purpose.TEST):
        transfer_receive(KEEPER, transfer=transfer, received={line.pk: 40_000}, location=place)
    return transfer


def now(model):
    with in_platform(Purpose.TEST):
        return model.objects.get()


def test_from_the_shelf_of_one_bank_to_a_transfer_of_the_other(twin_a, twin_b, lot, sign_in):
    here, there = sign_in(twin_a, Role.STOCK), sign_in(twin_b, Role.STOCK)
    with in_tenant(twin_a, Purpose.TEST):
        place = balances_of(lot)[0].location
        account = Account.objects.get(lot=lot, location=place, kind="on_hand")
    shown = here.get(f"{OFFER}?q=golden").content.decode()
    assert f"lot-{account.pk}" in shown
    until = (clock.now() + dt.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    form = {f"lot-{account.pk}": "60", "until": until, "reach": "nation", "op_key": str(uuid4())}
    assert here.post(OFFER, form).status_code == 302
    surplus = now(Surplus)
    assert "Pommes Golden" in there.get(BOARD).content.decode()
    line = lines_of(surplus)[0]
    there.post(f"{BOARD}{surplus.pk}/ask/", {f"line-{line.pk}": "50", "comment": "For Tuesday"})
    request = now(SurplusRequest)
    assert "For Tuesday" in here.get(f"{BOARD}{surplus.pk}/").content.decode()
    with in_tenant(twin_a, Purpose.TEST):
        assert ("Requests for surplus", 1) in [(q.label, q.count) for q in queues(actor_as(Role.STOCK))]
    given = {f"line-{line.pk}": "50", "driver": "sender", "cost_cents": "80", "cost_bearer": "shared"}
    here.post(f"{BOARD}requests/{request.pk}/allocate/", given)
    transfer = now(Transfer)
    assert (transfer.driver, transfer.cost_cents) == ("sender", 8_000)
    for browser in (here, there):
        assert transfer.number in browser.get("/network/transfers/").content.decode()
        assert surplus.number in browser.get(f"/network/transfers/{transfer.pk}/").content.decode()


def test_what_cannot_be_is_said_at_the_form(twin_a, twin_b, lot, sign_in):
    here, there = sign_in(twin_a, Role.STOCK), sign_in(twin_b, Role.STOCK)
    for form in ({}, {"until": "x", "reach": "x", "lot-x": "1", "lot-999999999999999999999": "1"}):
        assert here.post(OFFER, form).status_code == 422
    surplus = offer(twin_a, (lot, 60_000))
    line = lines_of(surplus)[0]
    for grams in ("", "61", "-1", "x"):
        assert there.post(f"{BOARD}{surplus.pk}/ask/", {f"line-{line.pk}": grams}).status_code == 422
    request = ask(twin_b, surplus, 10_000)
    for form in ({f"line-{line.pk}": "5"}, {f"line-{line.pk}": "11"}, {}):
        assert here.post(f"{BOARD}requests/{request.pk}/allocate/", form).status_code == 422
    assert here.post(f"{BOARD}requests/{request.pk}/decline/", {}).status_code == 422


def test_a_request_is_declined_or_taken_back_from_the_sheet(twin_a, twin_b, lot, sign_in):
    here, there = sign_in(twin_a, Role.STOCK), sign_in(twin_b, Role.STOCK)
    surplus = offer(twin_a, (lot, 60_000))
    request = ask(twin_b, surplus, 10_000)
    there.post(f"{BOARD}requests/{request.pk}/withdraw/", {"comment": ""})
    assert now(SurplusRequest).state == RequestState.WITHDRAWN
    again = ask(twin_b, surplus, 10_000)
    here.post(f"{BOARD}requests/{again.pk}/decline/", {"reason": "Too far"})
    assert "Too far" in there.get(f"{BOARD}{surplus.pk}/").content.decode()
    here.post(f"{BOARD}{surplus.pk}/withdraw/", {"reason": "Needed here"})
    assert now(Surplus).state == "withdrawn"
    assert "Needed here" in here.get(f"{BOARD}{surplus.pk}/").content.decode()


def test_the_board_is_filtered_sorted_and_marks_what_the_bank_lacks(twin_a, twin_b, lot, sign_in):
    offer(twin_a, (lot, 60_000))
    with in_tenant(twin_b, Purpose.TEST):
        level_create(KEEPER, op_key=uuid4(), family=shared_family(), minimum_grams=9_000, share="banks")
        needs_tell()
    there = sign_in(twin_b, Role.VOLUNTEER)
    for query, found in (
        ("", True),
        ("?whose=others&lacking=on&sort=km", True),
        ("?whose=ours", False),
        ("?within=400", True),
        ("?within=x", True),
        ("?temperature_class=FROZEN_M18", False),
        ("?programme=FSE_PLUS", False),
        ("?q=golden", True),
        ("?q=zz", False),
    ):
        assert ("Pommes Golden" in there.get(BOARD + query).content.decode()) is found, query
    assert "You lack this" in there.get(BOARD).content.decode()
    assert "Pommes" in there.get(f"{BOARD}?format=csv").content.decode()


def test_the_board_costs_the_same_for_many_lots(twin_a, twin_b, lot, sign_in):
    there = sign_in(twin_b, Role.STOCK)
    offer(twin_a, (lot, 1_000))
    there.get(BOARD)
    first = statements_of(lambda: there.get(BOARD))
    for _turn in range(3):
        offer(twin_a, (lot, 1_000), (lot_of(twin_a), 1_000))
    assert statements_of(lambda: there.get(BOARD)) == first


def test_a_volunteer_reads_and_does_nothing_and_a_partner_sees_nothing(twin_a, twin_b, lot, sign_in):
    surplus = offer(twin_a, (lot, 60_000))
    reader = sign_in(twin_b, Role.VOLUNTEER)
    assert reader.get(f"{BOARD}{surplus.pk}/").status_code == 200
    pages = (
        f"{BOARD}new/",
        f"{BOARD}{surplus.pk}/ask/",
        "/network/resources/share/",
        "/network/agreements/new/",
    )
    for page in pages:
        assert reader.get(page).status_code == 403
    assert sign_in(twin_b, Role.PARTNER, partner_id=uuid4()).get(BOARD).status_code == 403


def test_transport_is_arranged_by_either_side_until_it_leaves(twin_a, twin_b, lot, sign_in):
    transfer = allocate(twin_a, ask(twin_b, offer(twin_a, (lot, 60_000)), 40_000), 40_000)
    page = f"/network/transfers/{transfer.pk}/arrange/"
    sign_in(twin_b, Role.STOCK).post(
        page, {"driver": "carrier", "carrier": "Dubois", "cost_bearer": "receiver"}
    )
    assert (now(Transfer).carrier, now(Transfer).cost_bearer) == ("Dubois", "receiver")
    with in_tenant(twin_a, Purpose.TEST):
        transfer_ship(KEEPER, transfer=transfer)
    assert sign_in(twin_a, Role.STOCK).post(page, {"driver": "sender"}).status_code == 422
    assert now(Transfer).carrier == "Dubois"


def test_the_receiver_contests_and_the_sender_answers_once(twin_a, twin_b, received, sign_in):
    here, there = sign_in(twin_a, Role.STOCK), sign_in(twin_b, Role.STOCK)
    page = f"/network/transfers/{received.pk}/claim/"
    assert here.post(page, {"reason": "No"}).status_code == 403
    there.post(page, {"reason": "Half of it is rotten"})
    assert there.post(page, {"reason": "Again"}).status_code == 422
    answering = reverse("network_transfer_answer", args=[received.pk], urlconf="collecto.urls_tenant")
    here.post(answering, {"agrees": "yes", "answer": "Sorry, it is your loss to write"})
    assert here.post(answering, {"agrees": "no", "answer": "x"}).status_code == 422
    assert now(Transfer).claim_state == ClaimState.ACCEPTED
    for browser in (here, there):
        sheet = browser.get(f"/network/transfers/{received.pk}/").content.decode()
        assert "Half of it is rotten" in sheet
        assert "Sorry, it is" in sheet
    with in_platform(Purpose.TEST):
        acts = list(TransferEvent.objects.filter(transfer=received).values_list("action", flat=True))
    assert acts[:2] == ["claim_accepted", "claimed"]


def test_a_claim_comes_within_days_and_of_what_was_received(twin_a, twin_b, received, sign_in):
    with in_platform(Purpose.TEST):
        Transfer.objects.update(received_on=clock.today() - dt.timedelta(days=8))
    there = sign_in(twin_b, Role.STOCK)
    assert there.post(f"/network/transfers/{received.pk}/claim/", {"reason": "Late"}).status_code == 422
    assert "Contest what arrived" not in there.get(f"/network/transfers/{received.pk}/").content.decode()


def test_an_agreement_is_proposed_agreed_shown_and_ended(twin_a, twin_b, lot, bank_c, sign_in):
    here, there = sign_in(twin_a, Role.STOCK), sign_in(twin_b, Role.STOCK)
    terms = {
        "other": str(twin_b.pk), "gives": "yes", "temperature_class": "AMBIENT", "weekly_grams": "500",
        "driver": "sender", "starts_on": clock.today().isoformat(),
    }  # fmt: skip
    for wrong in ({"weekly_grams": ""}, {"ends_on": "2020-01-01"}, {"other": "x"}, {"share_percent": "101"}):
        assert here.post("/network/agreements/new/", terms | wrong).status_code == 422
    here.post("/network/agreements/new/", terms)
    agreement = now(TransferAgreement)
    page = f"/network/agreements/{agreement.pk}/"
    assert here.post(f"{page}accept/", {}).status_code == 403
    there.post(f"{page}accept/", {})
    assert now(TransferAgreement).state == AgreementState.ACTIVE
    proposing = here.get(reverse("network_transfer_propose", args=[lot.pk])).content.decode()
    assert "500\u00a0kg a week" in proposing
    assert "Standing agreements to give" in here.get(BOARD).content.decode()
    assert sign_in(bank_c, Role.STOCK).get(page).status_code == 404
    there.post(f"{page}end/", {"reason": "Cold room full"})
    assert there.post(f"{page}end/", {"reason": "Again"}).status_code == 422
    assert now(TransferAgreement).state == AgreementState.ENDED
    assert "Standing agreements to give" not in here.get(BOARD).content.decode()
    assert here.get("/network/agreements/?state=ended").status_code == 200


def test_room_and_arrivals_are_told_only_as_the_bank_chose(client, twin_a, twin_b, sign_in):
    here, there = sign_in(twin_a, Role.STOCK), sign_in(twin_b, Role.VOLUNTEER)
    with in_tenant(twin_a, Purpose.TEST):
        line = make_offer_line(family=shared_family())
        taken = make_offer(line)
        type(taken).objects.update(status="accepted")
        taken.lines.update(accepted_grams=70_000, temperature_class="CHILLED_0_4")
    here.post("/network/resources/share/", {"FROZEN_M18": "1200"})
    shown = there.get("/network/resources/").content.decode()
    assert "1,200\u00a0kg" in shown or "1200\u00a0kg" in shown
    assert "70\u00a0kg" not in shown
    here.post("/network/resources/share/", {"tells_arrivals": "on"})
    assert "70\u00a0kg" in there.get("/network/resources/").content.decode()
    with in_tenant(twin_a, Purpose.TEST):
        taken.lines.update(accepted_grams=0)
        tell_needs()
    assert "70\u00a0kg" not in there.get("/network/resources/").content.decode()
    here.post("/network/resources/share/", {"tells_arrivals": ""})
    with in_platform(Purpose.TEST):
        assert not SharedResource.objects.exists()
    assert here.post("/network/resources/share/", {"AMBIENT": "x"}).status_code == 422


def test_a_bank_that_is_not_at_work_tells_nothing_of_room_or_needs(twin_a, twin_b, sign_in):
    with in_tenant(twin_a, Purpose.TEST):
        level_create(
            KEEPER,
            op_key=uuid4(),
            minimum_grams=10_000,
            family=shared_family(),
            share="banks",
            tells_weight=True,
        )
        needs_tell()
    sign_in(twin_a, Role.STOCK).post("/network/resources/share/", {"FROZEN_M18": "1200"})
    there = sign_in(twin_b, Role.VOLUNTEER)
    pages = ("/network/resources/", reverse("network_need_list"))
    assert all(twin_a.name in there.get(page).content.decode() for page in pages)
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=twin_a.pk).update(status=BankStatus.SUSPENDED)
    assert not any(twin_a.name in there.get(page).content.decode() for page in pages)


def test_goods_reserved_past_their_date_for_a_transfer_lead_to_its_cancelling(twin_a, twin_b, lot, sign_in):
    label = "Out of date, reserved for a transfer"
    short = lot_of(twin_a, 5_000, date_kind="USE_BY", expires_on=clock.today() + dt.timedelta(days=3))
    surplus = offer(twin_a, (short, 5_000), (lot, 1_000))
    transfer = allocate(twin_a, ask(twin_b, surplus, 5_000, 1_000), 5_000, 1_000)

    def pile():
        found = queues(actor_as(Role.STOCK))
        return [(queue.count, queue.hint, queue.url) for queue in found if queue.label == label]

    with in_tenant(twin_a, Purpose.TEST):
        assert pile() == []
        with clock.time_set_to(clock.now() + dt.timedelta(days=5)):
            [(count, hint, url)] = pile()
    assert (count, hint) == (1, f"To cancel: {transfer.number}")
    here = sign_in(twin_a, Role.STOCK)
    assert f"{url}cancel/" in here.get(url).content.decode()
    here.post(f"{url}cancel/", {"comment": "Past its date"})
    with in_tenant(twin_a, Purpose.TEST), clock.time_set_to(clock.now() + dt.timedelta(days=5)):
        assert pile() == []
        assert grams_at(short, balances_of(short)[0].location).reserved_grams == 0


def test_flows_show_a_bank_its_own_by_month_and_the_federation_all(twin_a, twin_b, bank_c, sign_in):
    today = clock.today()
    make_shipped(twin_a, twin_b, grams=40_000, day=today)
    make_shipped(twin_b, twin_a, grams=10_000, day=today - dt.timedelta(days=400))
    make_shipped(twin_a, bank_c, grams=7_000, day=today)
    own = sign_in(twin_b, Role.VOLUNTEER).get("/network/flows/?span=year").content.decode()
    assert "40\u00a0kg" in own
    assert "7\u00a0kg" not in own
    text = sign_in(twin_a, Role.STOCK).get("/network/flows/?span=year&format=csv&show=months").text
    assert len(text.strip().splitlines()) == 3
    assert sign_in(bank_c, Role.STOCK).get("/network/flows/?span=week&day=1999-01-01").status_code == 200


def test_the_federation_reads_the_flows_of_all(twin_a, twin_b, bank_c, federation, sign_in):
    make_shipped(twin_a, twin_b, grams=40_000, day=clock.today())
    make_shipped(twin_b, bank_c, grams=7_000, day=clock.today())
    reader = sign_in(federation, Role.FEDERATION)
    shown = reader.get("/flows/?span=week").content.decode()
    assert "40\u00a0kg" in shown
    assert "7\u00a0kg" in shown
    text = reader.get("/flows/?span=week&format=csv&show=surplus-matrix").text
    assert len(text.strip().splitlines()) == 3


def test_flows_cost_the_same_for_many_transfers(twin_a, twin_b, sign_in):
    browser = sign_in(twin_a, Role.STOCK)
    make_shipped(twin_a, twin_b, grams=1_000, day=clock.today())
    browser.get("/network/flows/")
    first = statements_of(lambda: browser.get("/network/flows/"))
    for _turn in range(3):
        make_shipped(twin_b, twin_a, grams=1_000, day=clock.today())
    assert statements_of(lambda: browser.get("/network/flows/")) == first
