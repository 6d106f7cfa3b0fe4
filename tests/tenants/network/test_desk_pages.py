"""The desk of the federation and a bank's page of standing rules, as a browser meets them."""

import pytest
from django.urls import reverse

from apps.kernel.abilities import Role
from apps.kernel.errors import DomainError
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.models import BankRouting, RoutingPolicy
from tenants.network.services import need_set
from tenants.network.states import NetworkOfferStatus
from tenants.registry.models import FoodBank
from tests.making.network import asked, make_near, make_network_line, make_pantry, publish, refreshed
from tests.people import actor_as

SITE = "collecto.urls_federation"
RULES = {
    "takes_automatically": "on",
    "ambient_auto_grams": "500",
    "closed_weekdays": ["5", "6"],
    "closed_days": "24/12/2026\n2026-12-25",
}
SETTINGS = {
    "most_banks": "2",
    "alpha": "2",
    "theta": "10",
    "trip_km": "15",
    "guard": "0",
    "hours_day": "2",
    "hours_days": "4",
    "hours_week": "12",
    "hours_month": "24",
    "hours_longest": "48",
    "reason": "A trial",
}


@pytest.fixture
def dispatcher(federation, sign_in):
    return sign_in(federation, Role.FEDERATION)


@pytest.fixture
def offer(twin_a: FoodBank, twin_b: FoodBank, bank_c: FoodBank):
    """Twelve tonnes near twin A, which has room for four; its neighbours have room for two each."""
    make_pantry(twin_a, twin_b, bank_c)
    make_near(bank_c)
    with in_platform(Purpose.TEST):
        BankRouting.objects.create(bank=twin_a, ambient_free_grams=4_000_000)
        BankRouting.objects.create(bank=twin_b, ambient_free_grams=0)
        BankRouting.objects.create(bank=bank_c, ambient_free_grams=0)
    return publish(make_network_line(grams=12_000_000))


def page(name: str, *args: object) -> str:
    return reverse(f"network_{name}", args=args, urlconf=SITE)


def test_the_desk_shows_the_offers_under_way_with_their_steps(dispatcher, offer):
    assert offer.number in dispatcher.get(page("desk_list")).content.decode()
    sheet = dispatcher.get(page("desk_detail", offer.pk)).content.decode()
    assert "Banque Twin A" in sheet
    assert "4,000\xa0kg of room free" in sheet


def test_the_desk_places_and_closes(dispatcher, offer, bank_c):
    place = page("desk_place", offer.pk)
    sent = {"bank": str(bank_c.pk), "grams": "3000", "reason": "They called"}
    assert dispatcher.post(place, {**sent, "grams": "9000"}).status_code == 422
    assert dispatcher.post(place, {**sent, "reason": ""}).status_code == 422
    assert dispatcher.post(place, sent).status_code == 302
    assert asked(offer)[-1][0] == "other-c"
    assert "They called" in dispatcher.get(page("desk_detail", offer.pk)).content.decode()
    assert dispatcher.post(page("desk_end", offer.pk), {"reason": "Spoiled"}).status_code == 302
    assert refreshed(offer).status == NetworkOfferStatus.EXPIRED


def test_the_settings_say_what_they_mean_and_keep_those_before(dispatcher):
    shown = dispatcher.get(page("policy")).content.decode()
    assert "a kilo counts four times at a bank served half as well" in shown
    assert dispatcher.post(page("policy"), {**SETTINGS, "alpha": "-1"}).status_code == 422
    assert dispatcher.post(page("policy"), {**SETTINGS, "theta": "nan"}).status_code == 422
    assert dispatcher.post(page("policy"), SETTINGS).status_code == 302
    assert "A trial" in dispatcher.get(page("policy")).content.decode()
    with in_platform(Purpose.TEST):
        assert RoutingPolicy.objects.get().most_banks == 2


def test_the_need_of_a_bank_is_set_and_taken_back(dispatcher, twin_a):
    edit = page("bank_need_edit", twin_a.pk)
    assert dispatcher.post(edit, {"weekly_need_grams": "9000", "reason": "Survey"}).status_code == 302
    assert "9,000" in dispatcher.get(page("bank_need_list")).content.decode()
    assert 'value="9000"' in dispatcher.get(edit).content.decode()
    assert dispatcher.post(edit, {"weekly_need_grams": "", "reason": "Wrong"}).status_code == 302
    with in_platform(Purpose.TEST):
        assert BankRouting.objects.get().weekly_need_grams is None


def test_no_bank_is_said_to_need_nothing(dispatcher, twin_a):
    sent = {"weekly_need_grams": "0", "reason": "Slip"}
    answer = dispatcher.post(page("bank_need_edit", twin_a.pk), sent)
    assert answer.status_code == 422
    assert "id_weekly_need_grams_error" in answer.content.decode()
    with pytest.raises(DomainError) as refusal:
        need_set(actor_as(Role.FEDERATION), bank=twin_a.pk, weekly_need_grams=0)
    assert refusal.value.field == "weekly_need_grams"


def test_nobody_of_a_bank_has_the_desk(twin_a, federation, offer, sign_in):
    assert sign_in(federation, Role.MANAGER).get(page("desk_list")).status_code == 403
    assert sign_in(twin_a, Role.MANAGER).get(page("desk_list")).status_code == 404


def test_a_manager_keeps_the_standing_rules(twin_a, sign_in):
    browser, here = sign_in(twin_a, Role.MANAGER), reverse("network_rules")
    assert browser.post(here, RULES).status_code == 302
    with in_tenant(twin_a, Purpose.TEST):
        row = BankRouting.objects.get()
    assert (row.ambient_auto_grams, row.closed_weekdays) == (500_000, [5, 6])
    assert row.closed_days == ["2026-12-24", "2026-12-25"]
    shown = browser.get(here).content.decode()
    assert "24/12/2026" in shown
    assert 'value="500"' in shown
    assert "Standing rules" in browser.get("/journal/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"closed_days": "31/02/2026"}, "is not a day"),
        ({"closed_days": " ".join(["24/12/2026"] * 101)}, "At most 100 days"),
        ({"ambient_auto_grams": "a lot"}, "ambient_auto_grams"),
        ({"ambient_auto_grams": ""}, "at least one class"),
        ({"closed_weekdays": ["9"]}, "closed_weekdays"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(twin_a, sign_in, wrong, said):
    answer = sign_in(twin_a, Role.MANAGER).post(reverse("network_rules"), {**RULES, **wrong})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_only_managers_have_the_page_of_standing_rules(twin_a, sign_in):
    assert sign_in(twin_a, Role.STOCK).get(reverse("network_rules")).status_code == 403
