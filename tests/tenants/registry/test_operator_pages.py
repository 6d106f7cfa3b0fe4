"""The operator's pages: who opens them, what they show, what they do and how they ask."""

import json
import re
from collections.abc import Callable, Iterator
from zipfile import ZipFile

import pytest
from django.test import Client

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_owner, in_platform
from tenants.outbox.models import OutboxMessage
from tenants.registry.models import BankStep, ErasureProof, FoodBank
from tenants.registry.states import BankStatus, StepKind, StepState
from tenants.registry.steps import step_ask, step_run
from tests.collecto.observability.rows import prove_books
from tests.making.banks import events_of, fill, moved, remove
from tests.people import let_in, visitor
from tests.spaces import OPERATOR
from tests.web.routes import routes_of

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [route for route in routes_of("collecto.urls_public") if route.pattern.startswith("operator/")]


def browser_of(user: User) -> Client:
    browser = Client(headers={"host": "localhost"})
    with in_platform(Purpose.TEST):
        let_in(browser, user)
    return browser


@pytest.fixture
def operator(db) -> Client:
    """A browser of the operator of the platform."""
    with in_platform(Purpose.TEST):
        user = person_ensure(email="operator@example.org", full_name="Oscar")
        User.objects.filter(pk=user.pk).update(is_staff=True)
        user.refresh_from_db()
    return browser_of(user)


@pytest.fixture
def bank(fresh_bank: Callable[..., FoodBank]) -> FoodBank:
    bank = fresh_bank()
    fill(bank)
    return bank


def state_of(bank: FoodBank) -> str:
    with in_platform(Purpose.TEST):
        return str(FoodBank.objects.values_list("status", flat=True).get(pk=bank.pk))


def act(bank: FoodBank, verb: str) -> str:
    return f"/operator/banks/{bank.pk}/{verb}/"


def sheet(bank: FoodBank) -> str:
    return f"/operator/banks/{bank.pk}/"


def waiting(bank: FoodBank) -> BankStep | None:
    with in_platform(Purpose.TEST):
        return BankStep.objects.filter(bank_id=bank.pk, finished_at=None).first()


def address_of(pattern: str, bank: FoodBank) -> str:
    known = {"uuid:pk": str(bank.pk), "slug:act": "suspend", "int:row_id": "1"}
    return "/" + re.sub(r"<([^>]+)>", lambda found: known[found[1]], pattern)


def test_a_manager_of_a_bank_opens_none_of_them(bank):
    with in_platform(Purpose.TEST):
        user = person_ensure(email="manager@example.org")
        membership_grant(user=user, bank=bank, role=Role.MANAGER)
    browser = browser_of(user)
    addresses = [address_of(route.pattern, bank) for route in PAGES]
    answers = {
        (url, name): getattr(browser, name)(url).status_code for url in addresses for name in ("get", "post")
    }
    assert {asked: code for asked, code in answers.items() if code not in {403, 404, 405}} == {}
    assert answers["/operator/", "get"] == 403


def test_a_stranger_is_asked_to_sign_in(bank):
    answers = [visitor().get(address_of(route.pattern, bank)) for route in PAGES]
    assert {answer.headers["Location"].partition("login")[0] for answer in answers} == {"/accounts/"}


def test_no_bank_s_own_host_has_them(bank, operator):
    assert operator.get("/operator/", headers={"host": f"{bank.slug}.localhost"}).status_code in {403, 404}


def test_every_page_says_whether_it_reads_or_writes():
    assert [route.name for route in PAGES if route.door not in {"reads", "writes"}] == []


def test_the_list_names_every_bank_with_its_state_and_address(operator, bank):
    moved(bank, BankStatus.SUSPENDED)
    page = operator.get("/operator/?q=" + bank.slug).text
    assert bank.slug + ".localhost" in page
    assert "Suspended" in page


def test_the_list_filters_by_state_and_costs_the_same_for_many_banks(operator, bank):
    page = operator.get("/operator/?status=archived").text
    assert bank.name not in page
    assert operator.get("/operator/?format=csv").headers["Content-Type"].startswith("text/csv")


def test_the_sheet_tells_the_history_and_offers_what_can_be_done(operator, bank):
    page = operator.get(sheet(bank)).text
    for words in ("History", "Registered", "Suspend", "Archive", "Rename", "Export"):
        assert words in page
    assert act(bank, "erase") not in page


@pytest.fixture
def doubs() -> Iterator[str]:
    """A sub-domain; the bank opened under it goes afterwards."""
    yield "o-doubs"
    remove("o-doubs")


def test_a_bank_is_opened_from_a_form(operator, doubs):
    data = {
        "name": "Banque du Doubs", "slug": doubs, "kind": "bank", "departments": "25, 90",
        "timezone": "Europe/Paris", "activate": "on",
    }  # fmt: skip
    answer = operator.post("/operator/banks/new/", data)
    assert answer.status_code == 302, answer.text
    with in_platform(Purpose.TEST):
        bank = FoodBank.objects.get(slug=doubs)
        codes = set(bank.territories.values_list("department", flat=True))
    assert (bank.status, codes) == (BankStatus.ACTIVE, {"25", "90"})


@pytest.mark.parametrize(
    ("field", "value"), [("slug", "www"), ("slug", "twin-a"), ("departments", "99"), ("kind", "antenna")]
)
def test_what_is_wrong_in_the_form_is_said_at_its_field(operator, field, value):
    data = {"name": "X", "slug": "o-x", "kind": "bank", "departments": "", "timezone": "Europe/Paris"}
    answer = operator.post("/operator/banks/new/", {**data, field: value})
    assert answer.status_code == 422
    assert "error" in answer.text


def test_suspending_asks_why(operator, bank):
    assert operator.post(act(bank, "suspend"), {"reason": ""}).status_code == 422
    assert state_of(bank) == BankStatus.ACTIVE
    assert operator.post(act(bank, "suspend"), {"reason": "unpaid"}).status_code == 302
    assert state_of(bank) == BankStatus.SUSPENDED
    assert "unpaid" in operator.get(sheet(bank)).text


def test_a_suspended_bank_is_resumed(operator, bank):
    moved(bank, BankStatus.SUSPENDED)
    operator.post(act(bank, "resume"), {})
    assert state_of(bank) == BankStatus.ACTIVE


def test_an_act_that_its_state_does_not_allow_is_refused(operator, bank):
    assert operator.post(act(bank, "erase"), {"reason": "x", "confirmation": bank.slug}).status_code == 409


def test_archiving_asks_for_the_name_of_the_bank(operator, bank):
    wrong = operator.post(act(bank, "archive"), {"reason": "left", "confirmation": "another"})
    assert wrong.status_code == 422
    assert bank.slug in wrong.text
    assert (
        operator.post(act(bank, "archive"), {"reason": "left", "confirmation": bank.slug}).status_code == 302
    )
    assert state_of(bank) == BankStatus.ARCHIVED
    assert events_of(bank)[-3:] == ["suspended", "exported", "archived"]


def test_an_archived_bank_comes_back_suspended(operator, bank):
    moved(bank, BankStatus.SUSPENDED, BankStatus.ARCHIVED)
    operator.post(act(bank, "restore"), {})
    assert state_of(bank) == BankStatus.SUSPENDED


def test_an_export_is_made_in_the_background_and_fetched(operator, bank, tmp_path):
    operator.post(act(bank, "export"), {})
    page = operator.get(sheet(bank)).text
    fetched = re.search(r"/operator/steps/[0-9a-f-]+/export/", page)
    assert fetched
    answer = operator.get(fetched[0])
    file = tmp_path / "fetched.zip"
    file.write_bytes(b"".join(answer.streaming_content))
    answer.close()
    with ZipFile(file) as archive:
        assert json.loads(archive.read("manifest.json"))["bank"]["id"] == str(bank.pk)


def test_a_step_under_way_is_shown_and_asked_again_after_a_reload(operator, bank):
    step = step_ask(OPERATOR, bank=bank, kind=StepKind.EXPORT, hint=False)
    page = operator.get(sheet(bank)).text
    assert f'hx-get="/operator/steps/{step.pk}/"' in page
    assert "Waiting for the worker" in page
    assert act(bank, "suspend") not in page
    part = operator.get(f"/operator/steps/{step.pk}/", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part.headers
    step_run(step.pk)
    part = operator.get(f"/operator/steps/{step.pk}/", headers={"HX-Request": "true"})
    assert part.headers["HX-Refresh"] == "true"


def test_while_a_step_is_under_way_nothing_else_is_done(operator, bank):
    step_ask(OPERATOR, bank=bank, kind=StepKind.ARCHIVE, reason="left", hint=False)
    assert operator.post(act(bank, "suspend"), {"reason": "unpaid"}).status_code == 422
    assert state_of(bank) == BankStatus.ACTIVE


def test_a_step_that_failed_says_why(operator, bank):
    step = step_ask(OPERATOR, bank=bank, kind=StepKind.ARCHIVE, reason="left", hint=False)
    with in_platform(Purpose.TEST):
        BankStep.objects.filter(pk=step.pk).update(attempts=9)
    assert step_run(step.pk).state == StepState.FAILED
    assert "Interrupted too often" in operator.get(sheet(bank)).text


def test_a_bank_is_erased_once_its_time_has_come_and_proved(operator, bank, settings):
    settings.ERASURE_WAIT_DAYS = 0
    moved(bank, BankStatus.SUSPENDED, BankStatus.ARCHIVED)
    answer = operator.post(act(bank, "erase"), {"reason": "left", "confirmation": bank.slug})
    assert answer.status_code == 302
    assert state_of(bank) == BankStatus.ERASED
    page = operator.get(f"{sheet(bank)}proof/").text
    with in_platform(Purpose.TEST):
        digest = ErasureProof.objects.get(pk=bank.pk).digest
    assert digest in page
    assert "agrees with the digest" in page
    assert "People made nameless" in page
    assert operator.get(f"{sheet(bank)}proof/?format=json").json()["sha256"] == digest


def test_a_bank_is_not_erased_before_its_time(operator, bank, settings):
    settings.ERASURE_WAIT_DAYS = 30
    moved(bank, BankStatus.SUSPENDED, BankStatus.ARCHIVED)
    answer = operator.post(act(bank, "erase"), {"reason": "left", "confirmation": bank.slug})
    assert answer.status_code == 422
    assert "may be erased from" in answer.text
    assert state_of(bank) == BankStatus.ARCHIVED


def test_renaming_says_that_people_sign_in_again(operator, bank):
    assert "signs in again" in operator.get(act(bank, "rename")).text
    operator.post(act(bank, "rename"), {"slug": "o-renamed", "reason": ""})
    assert "o-renamed.localhost" in operator.get(sheet(bank)).text


def test_books_that_differ_stand_on_the_sheet_and_in_the_list(operator, bank):
    assert "Not proved yet" in operator.get(sheet(bank)).text
    sentence = "lot LOT-1, account 7 on_hand: difference +1 g"
    prove_books(bank.pk, difference_count=2, differences=[sentence])
    page = operator.get(sheet(bank)).text
    assert "2 differences" in page
    assert sentence in page
    assert "2 differences" in operator.get("/operator/").text


@pytest.fixture
def parked(bank) -> OutboxMessage:
    with in_owner(Purpose.TEST):
        return OutboxMessage.objects.create(
            bank_id=bank.pk, fact="offers.facts.OfferAccepted", handler="x", payload={}, attempts=5,
            last_error="LookupError", parked_at=bank.created_at,
        )  # fmt: skip


def test_work_that_is_set_aside_is_listed_with_its_bank(operator, parked, bank):
    page = operator.get("/operator/outbox/").text
    assert bank.name in page
    assert "LookupError" in page


def test_work_set_aside_is_given_up_with_a_reason(operator, parked):
    address = f"/operator/outbox/{parked.pk}/discard/"
    assert operator.post(address, {"reason": ""}).status_code == 422
    assert operator.post(address, {"reason": "no longer true"}).status_code == 302
    assert "Nothing is set aside" in operator.get("/operator/outbox/").text


def test_work_set_aside_is_tried_again(operator, parked):
    assert operator.post(f"/operator/outbox/{parked.pk}/retry/").status_code == 302
    with in_platform(Purpose.TEST):
        assert OutboxMessage.objects.get(pk=parked.pk).attempts <= 1


def test_the_demonstration_lets_anybody_in_as_the_operator_with_one_click(db):
    browser = Client(headers={"host": "localhost"})
    assert "/enter/operator/" in browser.get("/enter/").text
    assert browser.get("/enter/operator/").headers["Location"] == "/operator/"
    assert browser.get("/operator/").status_code == 200


def test_nobody_enters_as_the_operator_on_the_host_of_a_bank(bank):
    assert visitor(bank).get("/enter/operator/").status_code == 404
