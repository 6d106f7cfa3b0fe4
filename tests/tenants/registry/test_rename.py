"""A bank changes its address; its space does not, and the former address leads to the new one."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import Conflict, DomainError, Forbidden
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import BankEvent, Domain, FoodBank
from tenants.registry.naming import forget_expired_hosts
from tenants.registry.renaming import bank_rename
from tenants.registry.rules import name_problem, skeleton
from tests.people import actor_as, visitor
from tests.spaces import OPERATOR

FORMER = "twin-a.localhost:8000"
PRESENT = "dijon.localhost:8000"


@pytest.fixture
def renamed(twin_a) -> FoodBank:
    return bank_rename(OPERATOR, bank=twin_a, slug="dijon", reason="the town's own name")


def ask(host: str, path: str = "/", *, method: str = "get"):
    browser = visitor()
    return getattr(browser, method)(path, headers={"host": host})


def test_the_space_keeps_its_schema_and_its_role(renamed, twin_a):
    assert (renamed.slug, renamed.schema_name) == ("dijon", twin_a.schema_name)
    assert ask(PRESENT, "/accounts/login/code/").status_code == 200


@pytest.mark.parametrize(("method", "status"), [("get", 302), ("head", 302), ("post", 307)])
def test_the_former_address_leads_to_the_same_page_of_the_new_one(renamed, method, status):
    answer = ask(FORMER, "/stock/?q=riz", method=method)
    assert answer.status_code == status
    assert answer.headers["Location"] == f"http://{PRESENT}/stock/?q=riz"


def test_the_sign_in_page_says_why_one_signs_in_again(renamed):
    page = ask(PRESENT, "/accounts/login/code/").content.decode()
    assert "twin-a.localhost" in page
    assert "Sign in again" in page


def test_a_session_of_the_former_address_does_not_open_the_new_one(twin_a, sign_in):
    browser = sign_in(twin_a, Role.MANAGER)
    bank_rename(OPERATOR, bank=twin_a, slug="dijon")
    cookie = browser.cookies["session"]
    assert not cookie["domain"]


def test_the_former_address_leads_nowhere_once_its_time_is_over(renamed, settings):
    later = clock.now() + dt.timedelta(days=settings.HOST_REDIRECT_DAYS + 1)
    with clock.time_set_to(later):
        assert ask(FORMER).status_code == 404
        with in_platform(Purpose.TEST):
            assert forget_expired_hosts() == 1
            assert Domain.objects.filter(tenant=renamed).count() == 1


def test_a_former_name_is_kept_for_its_bank_while_it_leads(renamed, twin_b):
    with pytest.raises(Conflict, match="taken"):
        bank_rename(OPERATOR, bank=twin_b, slug="twin-a")
    bank_rename(OPERATOR, bank=renamed, slug="twin-a")
    assert ask(PRESENT).headers["Location"] == f"http://{FORMER}/"


@pytest.mark.parametrize("slug", ["www", "a", "two--hyphens", "Dijon"])
def test_a_name_that_cannot_be_is_refused_at_its_field(twin_a, slug):
    with pytest.raises(ValidationError) as refusal:
        bank_rename(OPERATOR, bank=twin_a, slug=slug)
    assert "slug" in refusal.value.message_dict


@pytest.mark.parametrize(("slug", "code"), [("twin-b", "slug_taken"), ("tvvln-b", "slug_confusable")])
def test_a_name_that_is_taken_or_looks_so_is_refused(twin_a, twin_b, slug, code):
    with pytest.raises(Conflict) as refusal:
        bank_rename(OPERATOR, bank=twin_a, slug=slug)
    assert (refusal.value.field, refusal.value.code) == ("slug", code)


def test_the_name_it_has_is_no_new_name(twin_a):
    with pytest.raises(DomainError, match="the sub-domain it has"):
        bank_rename(OPERATOR, bank=twin_a, slug="twin-a")


def test_the_history_says_from_which_name_to_which(renamed):
    with in_platform(Purpose.TEST):
        event = BankEvent.objects.get(bank=renamed, action="renamed")
    assert (event.facts["from"], event.facts["to"], event.reason) == (
        "twin-a",
        "dijon",
        "the town's own name",
    )


def test_nobody_of_a_bank_renames_it(twin_a):
    with pytest.raises(Forbidden):
        bank_rename(actor_as(Role.MANAGER), bank=twin_a, slug="dijon")


@pytest.mark.parametrize(("one", "other"), [("marne", "mame"), ("loire", "l0ire"), ("val-de", "valde")])
def test_names_that_a_hurried_eye_takes_for_one_another_have_one_skeleton(one, other):
    assert name_problem(one) is None
    assert skeleton(one) == skeleton(other)
