"""A recall of the network reaches every bank, each tells how far it is; goods that travelled are followed."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from apps.catalogue.models import ProductFamily
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.facts import emit
from apps.recalls.errors import NothingNamed
from apps.recalls.models import RecallCase, RecallMatch
from apps.recalls.rules import Reason, Rung
from apps.recalls.services import case_close, match_confirm, match_dismiss, reach_answer
from apps.recalls.states import CaseSource, MatchState
from apps.receiving.facts import GoodsReceived
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock.errors import WrongZone
from apps.stock.facts import LotsEntered
from apps.stock.models import Lot
from apps.stock.selectors import balances_of
from apps.stock.services import lots_receive
from apps.stock.states import LotStatus
from tenants.crossing import Purpose, in_federation, in_platform, in_tenant
from tenants.federation.alerts.facts import RecallPublished, RecallsMissed
from tenants.federation.alerts.handlers import notices_catch_up, on_bank_resumed
from tenants.federation.alerts.models import NoticeReading, NoticeRecord, RecallNotice, RecallStatus
from tenants.federation.alerts.publishing import recall_publish
from tenants.federation.alerts.reading import record_take
from tenants.federation.alerts.states import BankStanding
from tenants.network.services import transfer_accept, transfer_propose, transfer_receive, transfer_ship
from tenants.outbox.models import OutboxMessage
from tenants.registry.facts import BankResumed
from tenants.registry.models import FoodBank
from tenants.registry.services import bank_move
from tenants.registry.states import BankStatus
from tests.apps.recalls.test_partners import serve
from tests.making.facts import facts_told
from tests.making.network import make_pantry
from tests.making.recalls import (
    GTIN,
    OTHER_GTIN,
    SAFETY,
    make_case,
    make_recalled_lot,
    make_recalled_product,
    only_reach,
)
from tests.making.sites import make_location
from tests.making.stock import posted_receipt
from tests.peers.rappelconso import SAMPLE, RappelConso
from tests.people import actor_as

OFFICER = actor_as(Role.FEDERATION)
OPERATOR = actor_as(Role.OPERATOR)
KEEPER = actor_as(Role.STOCK)


def publish(**overrides: Any) -> RecallNotice:
    values = {"title": "Fromage au lait cru", "motive": "Listeria", "gtin": GTIN, "lot_text": "12345A"}
    return recall_publish(OFFICER, op_key=uuid4(), **values | overrides)


def standing(bank: FoodBank) -> RecallStatus:
    with in_platform(Purpose.TEST):
        return RecallStatus.objects.get(bank=bank)


def cases_in(bank: FoodBank) -> list[RecallCase]:
    with in_tenant(bank, Purpose.TEST):
        return list(RecallCase.objects.order_by("number"))


def test_a_recall_of_the_federation_opens_a_case_in_every_bank(twin_a, twin_b, deliver):
    with in_tenant(twin_a, Purpose.TEST):
        make_recalled_lot()
    publish()
    deliver()
    assert [len(cases_in(bank)) for bank in (twin_a, twin_b)] == [1, 1]
    assert (standing(twin_a).standing, standing(twin_a).quarantined_grams) == (BankStanding.KEPT_BACK, 10_000)
    assert standing(twin_b).standing == BankStanding.NO_LOT


def test_publishing_twice_is_once(twin_a, deliver):
    key = uuid4()
    values: dict[str, Any] = {"title": "Fromage", "motive": "Listeria", "gtin": GTIN}
    recall_publish(OFFICER, op_key=key, **values)
    recall_publish(OFFICER, op_key=key, **values)
    deliver()
    assert len(cases_in(twin_a)) == 1


@pytest.mark.parametrize("written", [{"lot_text": "12345A"}, {"distributors": "Épicerie du Port"}])
def test_what_would_find_nothing_is_neither_published_nor_opened_by_hand(twin_a, written):
    named: dict[str, Any] = {"gtin": "", "lot_text": "", **written}
    with pytest.raises(NothingNamed, match="a barcode, a brand, or a donor with its period"):
        publish(**named)
    with in_tenant(twin_a, Purpose.TEST), pytest.raises(NothingNamed):
        make_case(**named)


def test_a_public_notice_opens_a_case_only_where_something_is_found(twin_a, twin_b, deliver):
    with in_tenant(twin_a, Purpose.TEST):
        lot = make_recalled_lot()
    with in_platform(Purpose.TEST):
        record_take(SAMPLE[0])
    deliver()
    [case] = cases_in(twin_a)
    assert (case.source, case.reference, cases_in(twin_b)) == (CaseSource.RAPPELCONSO, "sr/00001/99", [])
    with in_tenant(twin_a, Purpose.TEST):
        assert Lot.objects.get(pk=lot.pk).status == LotStatus.BLOCKED


def test_a_new_version_is_searched_again_in_the_same_case(twin_a, deliver):
    with in_tenant(twin_a, Purpose.TEST):
        make_recalled_lot()
        other = make_recalled_lot(product=Lot.objects.get().product, lot="777")
    with in_platform(Purpose.TEST):
        record_take(SAMPLE[0])
        deliver()
        record_take({**SAMPLE[0], "numero_version": 2, "identification_produits": ["9521000000018"]})
    deliver()
    assert len(cases_in(twin_a)) == 1
    with in_tenant(twin_a, Purpose.TEST):
        assert Lot.objects.get(pk=other.pk).status == LotStatus.BLOCKED


def test_the_federation_follows_what_partners_answer(twin_a, deliver):
    with in_tenant(twin_a, Purpose.TEST):
        serve()
    publish()
    deliver()
    assert standing(twin_a).standing == BankStanding.TOLD
    with in_tenant(twin_a, Purpose.TEST):
        reach = only_reach(RecallCase.objects.get())
        reach_answer(
            SAFETY, reach=reach, returned_grams=4_000, destroyed_grams=0, used_grams=0, answered_by="Camille"
        )
    deliver()
    assert (standing(twin_a).standing, standing(twin_a).answered_count) == (BankStanding.ANSWERED, 1)


def test_what_comes_in_later_is_held_against_open_cases_at_once(twin_a, deliver):
    publish()
    deliver()
    with in_tenant(twin_a, Purpose.TEST), transaction.atomic():
        receive(supplier_lot="12345A")
        assert Lot.objects.get().status == LotStatus.BLOCKED


def test_what_comes_in_later_is_held_against_public_notices(twin_a, deliver):
    with in_platform(Purpose.TEST):
        record_take({**SAMPLE[0], "date_publication": "2020-01-01"})
    deliver()
    assert cases_in(twin_a) == []
    with in_tenant(twin_a, Purpose.TEST), transaction.atomic():
        receive(supplier_lot="12345A")
    deliver()
    with in_tenant(twin_a, Purpose.TEST):
        assert Lot.objects.get().status == LotStatus.BLOCKED


def test_what_comes_in_by_another_door_is_held_against_open_cases_at_once(twin_a, deliver):
    publish()
    deliver()
    with in_tenant(twin_a, Purpose.TEST), transaction.atomic():
        lot = make_recalled_lot()
        emit(LotsEntered(lot_ids=(lot.pk,)))
        assert Lot.objects.get().status == LotStatus.BLOCKED


def receive(**line: Any) -> None:
    shelf = make_location()
    receipt = posted_receipt(shelf, (make_recalled_product(), 5_000, shelf), **line)
    emit(GoodsReceived(receipt_id=receipt.pk, accepted_grams=5_000, refused_grams=0))
    assert lots_receive(KEEPER, receipt=receipt)


def test_a_bank_that_was_never_told_catches_up(twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        lot = make_recalled_lot()
    with facts_told(RecallPublished):
        publish()
    with in_tenant(twin_a, Purpose.TEST):
        assert (notices_catch_up(), notices_catch_up()) == (1, 0)
        assert Lot.objects.get(pk=lot.pk).status == LotStatus.BLOCKED


# --- lots that travelled ---


@pytest.fixture
def travelled(twin_a: FoodBank, twin_b: FoodBank) -> Any:
    """6 of the 10 kg of a lot of twin A went to twin B, where the article has another name."""
    make_pantry(twin_a, twin_b, code="CREMERIE")
    with in_tenant(twin_b, Purpose.TEST):
        quay = make_location(code="QUAI")
    with in_tenant(twin_a, Purpose.TEST):
        family = ProductFamily.objects.get(code="CREMERIE")
        rack = make_location(code="RACK")
        lot = make_recalled_lot(product=make_recalled_product(family=family), location=rack)
        transfer = transfer_propose(
            KEEPER, op_key=uuid4(), from_bank=twin_a, to_bank=twin_b, lot=lot, location=rack, grams=6_000
        )
    with in_tenant(twin_b, Purpose.TEST):
        transfer_accept(KEEPER, transfer=transfer)
    with in_tenant(twin_a, Purpose.TEST):
        transfer_ship(KEEPER, transfer=transfer)
    with in_tenant(twin_b, Purpose.TEST):
        with in_platform(Purpose.TEST):
            line = transfer.lines.get()
        transfer_receive(KEEPER, transfer=transfer, received={line.pk: 6_000}, location=quay)
    return lot


def test_a_sister_bank_that_received_some_gets_a_case_of_its_own(twin_a, twin_b, travelled, deliver):
    with in_tenant(twin_a, Purpose.TEST):
        case = make_case()
    deliver()
    [theirs] = cases_in(twin_b)
    assert (theirs.source, theirs.reference, theirs.told_by) == (CaseSource.SISTER, case.number, twin_a.name)
    with in_tenant(twin_b, Purpose.TEST):
        assert Lot.objects.get().status == LotStatus.BLOCKED
    assert len(cases_in(twin_a)) == 1


def test_a_national_recall_finds_by_its_origin_what_has_another_name(twin_a, twin_b, travelled, deliver):
    publish()
    deliver()
    assert [len(cases_in(bank)) for bank in (twin_a, twin_b)] == [1, 1]
    with in_tenant(twin_b, Purpose.TEST):
        assert Lot.objects.get().status == LotStatus.BLOCKED
    assert standing(twin_b).quarantined_grams == 6_000


def test_releasing_here_releases_nothing_there(twin_a, twin_b, travelled, deliver):
    with in_tenant(twin_a, Purpose.TEST):
        case = make_case()
    deliver()
    with in_tenant(twin_a, Purpose.TEST):
        match_dismiss(SAFETY, match=case.matches.get(), reason="label compared")
    deliver()
    with in_tenant(twin_b, Purpose.TEST):
        assert Lot.objects.get().status == LotStatus.BLOCKED


def test_a_bank_that_was_suspended_hears_of_a_sister_s_recall_once_it_is_at_work(
    twin_a, twin_b, travelled, deliver
):
    away = moved(twin_b, BankStatus.SUSPENDED)
    with in_tenant(twin_a, Purpose.TEST):
        case = make_case()
    deliver()
    moved(away, BankStatus.ACTIVE)
    deliver()
    [theirs] = cases_in(twin_b)
    assert (theirs.source, theirs.reference, theirs.is_open) == (CaseSource.SISTER, case.number, True)
    with in_tenant(twin_b, Purpose.TEST):
        assert Lot.objects.get().status == LotStatus.BLOCKED
    moved(moved(twin_b, BankStatus.SUSPENDED), BankStatus.ACTIVE)
    deliver()
    assert cases_in(twin_b) == [theirs]


def test_a_bank_at_work_again_tells_who_came_back_while_it_was_away(twin_a, twin_b, travelled, deliver):
    away = moved(twin_b, BankStatus.SUSPENDED)
    with in_tenant(twin_a, Purpose.TEST):
        case = make_case()
    deliver()
    gone = moved(twin_a, BankStatus.SUSPENDED)
    moved(away, BankStatus.ACTIVE)
    deliver()
    assert cases_in(twin_b) == []
    moved(gone, BankStatus.ACTIVE)
    deliver()
    assert [theirs.reference for theirs in cases_in(twin_b)] == [case.number]


def test_a_bank_at_work_again_leaves_a_word_for_every_other_bank_and_each_of_them_for_it(twin_b, bank_c):
    with facts_told(BankResumed) as resumed:
        moved(moved(twin_b, BankStatus.SUSPENDED), BankStatus.ACTIVE)
    assert resumed == [BankResumed(bank_id=twin_b.pk)]
    with facts_told(RecallsMissed) as told, in_platform(Purpose.TEST):
        on_bank_resumed(resumed[0])
        others = list(FoodBank.objects.operating().exclude(pk=twin_b.pk).order_by("schema_name"))
    assert told == [RecallsMissed(bank_id=twin_b.pk)] * len(others) + [
        RecallsMissed(bank_id=bank.pk) for bank in others
    ]


def test_a_recall_closed_while_a_bank_was_away_reaches_it_all_the_same(twin_a, twin_b, travelled, deliver):
    away = moved(twin_b, BankStatus.SUSPENDED)
    with in_tenant(twin_a, Purpose.TEST):
        case_close(SAFETY, case=make_case(), conclusion="all incinerated")
    deliver()
    moved(away, BankStatus.ACTIVE)
    deliver()
    assert [case.is_open for case in cases_in(twin_b)] == [True]


def test_the_bank_of_origin_that_was_away_hears_what_a_receiver_recalls(twin_a, twin_b, travelled, deliver):
    away = moved(twin_a, BankStatus.SUSPENDED)
    with in_tenant(twin_b, Purpose.TEST):
        match_confirm(SAFETY, match=seen_by_hand(Lot.objects.get()), reason="swollen packs")
    deliver()
    moved(away, BankStatus.ACTIVE)
    deliver()
    assert [case.told_by for case in cases_in(twin_a)] == [twin_b.name]


def test_a_quarantine_that_refuses_keeps_no_sister_s_recall_from_blocking(
    twin_a, twin_b, travelled, deliver, monkeypatch
):
    refused = []

    def refuse(*args: Any, **named: Any) -> None:
        refused.append(named["to"].code)
        raise WrongZone("the quarantine", "chilled")

    with in_tenant(twin_b, Purpose.TEST):
        quay = Location.objects.get(code="QUAI")
        make_location(site=quay.site, code="Q", purpose=LocationPurpose.QUARANTINE, zone=quay.zone)
    monkeypatch.setattr("apps.recalls.services.keeping_back.stock_move", refuse)
    with in_tenant(twin_a, Purpose.TEST):
        make_case()
    deliver()
    with in_tenant(twin_b, Purpose.TEST):
        lot = Lot.objects.get()
        assert (lot.status, [held.location.code for held in balances_of(lot)]) == (
            LotStatus.BLOCKED,
            ["QUAI"],
        )
        assert RecallCase.objects.get().kept_back_at is not None
    assert refused == ["Q"]
    with in_platform(Purpose.TEST):
        assert not OutboxMessage.objects.filter(done_at=None).exists()


def seen_by_hand(lot: Lot) -> RecallMatch:
    """Return a lot that a person of the bank found to be recalled, though the notice names others."""
    case = make_case(lot_text="another", gtin=OTHER_GTIN)
    return RecallMatch.objects.create(
        case=case, lot=lot, rung=Rung.CHECK, reason=Reason.LIKENESS, state=MatchState.TO_CHECK
    )


def moved(bank: FoodBank, to: BankStatus) -> FoodBank:
    """Move a bank as the operator does; what the caller holds of it stays as it was."""
    with in_platform(Purpose.TEST):
        current = FoodBank.objects.get(pk=bank.pk)
    return bank_move(OPERATOR, bank=current, to=to, reason="test")


# --- who sees what ---


def test_a_bank_sees_its_own_standing_alone_and_writes_none(twin_a, twin_b, federation, deliver):
    publish()
    deliver()
    with in_tenant(twin_a, Purpose.TEST):
        assert list(RecallStatus.objects.values_list("bank_id", flat=True)) == [twin_a.pk]
        with pytest.raises(DatabaseError), transaction.atomic():
            RecallStatus.objects.update(lot_count=99)
        with pytest.raises(DatabaseError), transaction.atomic():
            NoticeRecord.objects.count()
    with in_federation(federation, Purpose.TEST):
        assert {twin_a.pk, twin_b.pk} <= set(RecallStatus.objects.values_list("bank_id", flat=True))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STOCK, Role.OPERATOR])
def test_only_the_federation_publishes(twin_a, role):
    with pytest.raises(Forbidden):
        recall_publish(actor_as(role), op_key=uuid4(), title="x", motive="y", gtin=GTIN)


def test_the_federation_publishes_and_follows_on_its_pages(twin_a, federation, sign_in, deliver):
    browser = sign_in(federation, Role.FEDERATION)
    typed = {"title": "Fromage", "motive": "Listeria", "gtin": GTIN}
    assert browser.post("/recalls/new/", typed).status_code == 302
    deliver()
    with in_platform(Purpose.TEST):
        notice = RecallNotice.objects.get()
    page = browser.get(f"/recalls/{notice.pk}/").content.decode()
    assert twin_a.name in page
    assert "No lot found with these criteria" in page
    assert "Fromage" in browser.get("/recalls/").content.decode()


def test_the_federation_reads_what_the_software_did_not(twin_a, federation, sign_in):
    with in_platform(Purpose.TEST):
        record = record_take({"libelle": "<b>no number</b>"})
    assert record is not None
    browser = sign_in(federation, Role.FEDERATION)
    assert "no sheet number" in browser.get("/recalls/source/").content.decode()
    assert "&lt;b&gt;no number" in browser.get(f"/recalls/source/{record.pk}/").content.decode()
    assert browser.post(f"/recalls/source/{record.pk}/settle/").status_code == 302
    assert "no sheet number" not in browser.get("/recalls/source/").content.decode()


def test_a_notice_leaves_one_word_for_each_bank(twin_a, twin_b, bank_c):
    with facts_told(RecallPublished) as told:
        notice = publish()
    assert set(told) == {RecallPublished(notice_id=notice.pk, revision=1)}
    with in_platform(Purpose.TEST):
        assert len(told) == FoodBank.objects.operating().exclude(kind="federation").count()


def test_the_federation_has_the_source_read_at_once(federation, sign_in, settings):
    with RappelConso() as source:
        settings.RAPPELCONSO_URL = source.address
        browser = sign_in(federation, Role.FEDERATION)
        assert browser.get("/recalls/source/read/").status_code == 200
        assert browser.post("/recalls/source/read/").status_code == 302
    with in_platform(Purpose.TEST):
        assert NoticeReading.objects.get().new_count == 3
