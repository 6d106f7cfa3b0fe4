"""The history on the sheets of a lived-in bank: who, when and what, in words, for those alone who may."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from apps.catalogue.models import ProductFamily
from apps.delivery.models import PickingList
from apps.kernel.abilities import Actor, Role
from apps.kernel.models import AuditEntry
from apps.kernel.telling import told
from apps.rounds.models import Stop
from apps.sites.abilities import letterhead_abilities
from collecto.journal import ALONE, SHEETS
from tenants.accounts.models import Membership, User
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tests.people import client_for
from tests.web.dom import Element, parse

pytestmark = pytest.mark.xdist_group("living")

NUMBERED: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d")
"""Ids, dates and hours as the database writes them."""
CODED: Final = re.compile(r"\b[A-Z]+_[A-Z_]+\b|\b[a-z]+_[a-z_]+\b|\bNone\b|\bTrue\b|\bFalse\b|\{|\}")
"""Choices, fields and values as the code writes them."""


@pytest.fixture(scope="module")
def bank(living_network) -> FoodBank:
    with in_platform(Purpose.TEST):
        return FoodBank.objects.prefetch_related("domains").get(slug="bourgogne")


@pytest.fixture(scope="module")
def browser(bank) -> Iterator[Callable[..., Client]]:
    def signed_in(role: Role, language: str) -> Client:
        with in_platform(Purpose.TEST):
            hats = Membership.objects.filter(bank=bank, role=role, ended_at__isnull=True)
            hat = hats.select_related("user").earliest("created_at")
        changed.setdefault(hat.user.pk, hat.user.language)
        _speak(hat.user.pk, language)
        with in_platform(Purpose.TEST):
            return client_for(hat.user, bank)

    changed: dict[Any, str] = {}
    yield signed_in
    for person, language in changed.items():
        _speak(person, language)


def _speak(person: Any, language: str) -> None:
    with in_platform(Purpose.TEST):
        User.objects.filter(pk=person).update(language=language)


def sheets(bank: FoodBank) -> dict[str, str]:
    """Return of each kind of record the address of the one that has the longest history."""
    found = {}
    with in_tenant(bank, Purpose.TEST):
        for kind, route in SHEETS.items():
            entries = AuditEntry.objects.filter(record_kind=kind).order_by().values_list("record_id")
            longest = entries.annotate(told=Count("pk")).order_by("-told", "record_id").first()
            if longest:
                found[kind] = reverse(route, args=[longest[0]], urlconf="collecto.urls_tenant")
    letterhead = reverse(ALONE["sites.letterhead"], urlconf="collecto.urls_tenant")
    return {**found, "sites.letterhead": letterhead}


def codes_of_the_trade(bank: FoodBank) -> set[str]:
    """Return the codes that people of the trade know families of products by."""
    with in_tenant(bank, Purpose.TEST):
        return set(ProductFamily.objects.values_list("code", flat=True))


def history(client: Client, address: str) -> Element | None:
    """Return the panel of a sheet, ``None`` where the sheet shows none."""
    answer = client.get(address)
    if answer.status_code != 200:
        return None
    page = parse(answer.content.decode())
    return next((each for each in page.walk() if each.get("id") == "history"), None)


def lines(panel: Element) -> list[Element]:
    """Return the acts of a panel."""
    return [each for each in panel.all("p") if "history-line" in each.get("class")]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_sheet_tells_in_words_who_did_what_and_when(bank, browser, language):
    client = browser(Role.MANAGER, language)
    shown = {kind: history(client, address) for kind, address in sheets(bank).items()}
    known = codes_of_the_trade(bank)
    assert set(shown) == {*SHEETS, "sites.letterhead"}
    assert [kind for kind, panel in shown.items() if panel is None or not lines(panel)] == []
    for kind, panel in shown.items():
        assert panel is not None
        for line in lines(panel):
            who = next(each for each in line.all("span"))
            assert [kind, line.all("strong")[0].text() != "", bool(who.text())] == [kind, True, True]
            assert line.all("time")[0].get("datetime"), kind
        words = panel.text()
        coded = set(CODED.findall(words)) - known
        assert (kind, NUMBERED.findall(words), coded) == (kind, [], set())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_act_of_a_lived_week_is_told_in_code(bank, language):
    known = codes_of_the_trade(bank)
    with in_tenant(bank, Purpose.TEST), override(language):
        odd = set()
        for entry in AuditEntry.objects.all()[:3_000]:
            line = told(entry)
            said = [str(line.label), str(line.who), *(str(word) for c in line.changes for word in c)]
            said = [word for word in said if not word.endswith((".pdf", ".png", ".jpg"))]
            coded = [word for word in said if NUMBERED.search(word) or CODED.search(word)]
            odd |= {(entry.record_kind, word) for word in coded if word not in known}
            odd |= {(entry.record_kind, entry.action)} if line.label == entry.action else set()
    assert sorted(odd)[:20] == []


@pytest.mark.parametrize("role", [Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER])
def test_a_sheet_shows_its_history_to_those_who_may_read_it(bank, browser, role):
    client = browser(role, "fr")
    asked = {
        kind: (client.get(address), history(client, address) is not None)
        for kind, address in sheets(bank).items()
        if kind not in ("sites.letterhead",)
    }
    for kind, (answer, shown) in asked.items():
        allowed = getattr(answer, "context", None) and answer.context.get("abilities")
        if answer.status_code == 200 and allowed is not None:
            assert (kind, shown) == (kind, "history" in allowed)


def test_the_letterhead_is_read_by_managers_alone(bank, browser):
    address = sheets(bank)["sites.letterhead"]
    for role in (Role.STOCK, Role.VOLUNTEER, Role.DRIVER):
        assert browser(role, "fr").get(address).status_code == 403
        assert "history" not in letterhead_abilities(Actor(id=None, label="x", roles=frozenset({role})))


def test_a_charity_never_reads_the_name_of_a_member_of_the_staff(bank, browser):
    client = browser(Role.PARTNER, "fr")
    with in_platform(Purpose.TEST):
        hat = Membership.objects.filter(bank=bank, role=Role.PARTNER).earliest("created_at")
        staff = Membership.objects.filter(bank=bank).exclude(role=Role.PARTNER).select_related("user")
        names = {each.user.full_name for each in staff if each.user.full_name}
    with in_tenant(bank, Purpose.TEST):
        orders = list(_orders_of(hat.partner_id))
    for order in orders[:3]:
        panel = history(client, reverse("orders_mine_detail", args=[order], urlconf="collecto.urls_tenant"))
        assert panel is None or [name for name in names if name in panel.text()] == []


def _orders_of(partner_id: Any) -> Iterator[Any]:
    yield from PickingList.objects.filter(order__partner_id=partner_id).values_list("order_id", flat=True)


def test_the_stops_of_a_round_are_told_on_its_sheet(bank, browser):
    with in_tenant(bank, Purpose.TEST):
        stop = Stop.objects.filter(round__isnull=False).select_related("offer").earliest("pk")
        named = str(stop)
    panel = history(
        browser(Role.MANAGER, "fr"),
        reverse("rounds_round_detail", args=[stop.round_id], urlconf="collecto.urls_tenant"),
    )
    assert panel is not None
    assert named in panel.text()
