"""What holds of every page, whoever opens it: it is light, it is whole, and it says what it is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from apps.delivery.models import DeliveryNote
from apps.kernel.abilities import Role
from apps.receiving.models import GoodsReceipt
from apps.receiving.states import ReceiptStatus
from tests.browser.morning import in_bank, work_that_waits
from tests.web.dom import Element, lines, parse
from tests.web.fragments import Trigger, address_after, page_after, triggers_of, values_of
from tests.web.sweeping import STRANGER
from tests.web.visits import Visit, Visitors, visits_elsewhere, visits_of_bank, visits_of_people
from tests.web.weighing import weight_of

pytestmark = pytest.mark.xdist_group("living")

FIRST_MOST = 60 * 1024
LATER_MOST = 20 * 1024
"""Bytes that travel, gzipped: with every file, and once the files are kept."""
STRICT = (
    "base-uri 'none'; default-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self' data:; object-src 'none'; script-src 'self'; style-src 'self'"
)
ENFORCED = (STRICT, None)
"""The policy of every answer but a stored file, and none that is only reported."""
Policy = tuple[str | None, ...]
LANDMARKS = ("nav", "main", "header", "footer", "aside", "section", "dialog", "form")


@dataclass(frozen=True)
class Opened:
    """A page as it came."""

    visit: Visit
    html: str
    policy: Policy

    @property
    def page(self) -> Element:
        """The tree of the page."""
        return parse(self.html)


@pytest.fixture(scope="module")
def visitors(living_copy: None) -> Iterator[Visitors]:
    with override_settings(LIMITS=dict.fromkeys(settings.LIMITS, (10**9, 60))):
        yield Visitors()


@pytest.fixture(scope="module")
def waiting(visitors: Visitors) -> dict[str, Any]:
    with in_bank():
        return work_that_waits()


@pytest.fixture(scope="module")
def first_readers(visitors: Visitors, waiting: dict[str, Any]) -> list[Opened]:
    """Every page as whoever it is made for."""
    return opened(
        [*visits_of_bank(waiting, everybody=False), *visits_of_people(), *visits_elsewhere()], visitors
    )


@pytest.fixture(scope="module")
def all_readers(visitors: Visitors, waiting: dict[str, Any]) -> list[Opened]:
    """Every page of a bank as everybody who may open it."""
    return opened(visits_of_bank(waiting), visitors)


def opened(visits: Iterable[Visit], visitors: Visitors) -> list[Opened]:
    """Open pages, every one of which must come."""
    answers = [(visit, visitors.open(visit)) for visit in visits]
    lost = {str(visit): answer.status_code for visit, answer in answers if answer.status_code != 200}
    assert lost == {}
    return [Opened(visit, answer.content.decode(), policy_of(answer)) for visit, answer in answers]


def policy_of(answer: Any) -> Policy:
    """Return what an answer lets a browser do, sorted, and what it would only have reported."""
    policy = answer.headers.get("Content-Security-Policy", "")
    return "; ".join(sorted(policy.split("; "))), answer.headers.get("Content-Security-Policy-Report-Only")


def too_heavy(pages: list[Opened]) -> str:
    """Return a table of the pages that weigh too much, the heaviest first."""
    weighed = sorted(((*weight_of(one.html), str(one.visit)) for one in pages), reverse=True)
    heavy = [line for line in weighed if line[0] > FIRST_MOST or line[1] > LATER_MOST]
    return "\n".join(f"{first:>8,} {later:>8,}  {name}" for first, later, name in heavy)


def test_no_page_weighs_more_than_it_may(first_readers):
    assert too_heavy(first_readers) == ""


@pytest.mark.slow
def test_no_page_weighs_more_for_anybody(all_readers):
    assert too_heavy(all_readers) == ""


def test_every_page_comes_with_the_strict_policy_and_none_that_only_reports(first_readers):
    assert told({one.visit: one.policy for one in first_readers if one.policy != ENFORCED}) == ""


def papers_of_the_bank() -> list[str]:
    """Return the addresses of papers and data that a manager takes away."""
    with in_bank():
        note = DeliveryNote.objects.earliest("pk")
        receipt = GoodsReceipt.objects.exclude(status=ReceiptStatus.EXPECTED).earliest("pk")
    return [
        reverse("delivery_note_pdf", args=[note.pk]),
        reverse("receiving_receipt_pdf", args=[receipt.pk]),
        "/offers/?format=csv",
        "/sites/letterhead/sample/",
    ]


def test_a_paper_and_a_table_of_data_come_with_the_policy_of_the_page_they_are_opened_from(visitors):
    browser = visitors.browser("bourgogne.localhost", Role.MANAGER)
    answers = {path: browser.get(path) for path in papers_of_the_bank()}
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200} == {}
    assert told({path: policy_of(a) for path, a in answers.items() if policy_of(a) != ENFORCED}) == ""


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (STRANGER, "/stock/", 302),
        (Role.MANAGER, "/offers", 301),
        (Role.VOLUNTEER, "/sites/new/", 403),
        (Role.MANAGER, "/nowhere/", 404),
        (Role.MANAGER, "/api/v1/nowhere/", 404),
    ],
)
def test_an_answer_that_is_no_page_comes_with_the_strict_policy_too(visitors, role, path, status):
    answer = visitors.browser("bourgogne.localhost", role).get(path)
    assert (answer.status_code, policy_of(answer)) == (status, ENFORCED)


def test_a_form_without_its_token_is_refused_under_the_strict_policy(living_copy):
    browser = Client(headers={"host": "bourgogne.localhost"}, enforce_csrf_checks=True)
    answer = browser.post("/accounts/login/code/", {"email": "a@example.org"})
    assert (answer.status_code, policy_of(answer)) == (403, ENFORCED)


def test_an_error_that_nobody_caught_is_answered_under_the_strict_policy(visitors, monkeypatch):
    browser = visitors.browser("bourgogne.localhost", Role.MANAGER)
    monkeypatch.setattr(browser, "raise_request_exception", False)
    monkeypatch.setattr("apps.offers.views.staff.counts_by_status", lambda: 1 / 0)
    answer = browser.get("/offers/")
    assert (answer.status_code, policy_of(answer)) == (500, ENFORCED)


def told(findings: Mapping[object, object]) -> str:
    """Return findings one a line."""
    return "\n".join(f"{what}: {found}" for what, found in findings.items())


def test_each_page_has_a_title_of_its_own(first_readers):
    titled = defaultdict(set)
    for one in first_readers:
        who = (one.visit.host, one.visit.role)
        titled[(*who, one.page.all("title")[0].text())].add(one.visit.name)
    assert told({title: names for title, names in titled.items() if len(names) > 1}) == ""


def test_no_identity_is_given_twice_on_a_page(first_readers):
    twice = {}
    for one in first_readers:
        ids = Counter(element.get("id") for element in one.page.walk() if element.get("id"))
        if found := [name for name, times in ids.items() if times > 1]:
            twice[one.visit] = found
    assert told(twice) == ""


def landmark_of(element: Element) -> Element:
    """Return the part of the page that a thing is in."""
    while element.parent and element.tag not in LANDMARKS:
        element = element.parent
    return element


def spoken(link: Element) -> str:
    """Return the name of a link as it is read out."""
    return link.get("aria-label") or link.text()


def test_links_that_sound_alike_lead_to_the_same_place(first_readers):
    alike = {}
    for one in first_readers:
        places = defaultdict(set)
        for link in one.page.all("a"):
            places[id(landmark_of(link)), spoken(link)].add(link.get("href"))
        if found := {name: to for (_where, name), to in places.items() if len(to) > 1}:
            alike[one.visit] = found
    assert told(alike) == ""


def chosen_in(form: Element) -> Iterator[dict[str, str]]:
    """Yield what a reader may choose in a form that asks: a word, then a value of every choice."""
    if words := [one for one in form.all("input") if one.get("type") in {"search", "text"}]:
        yield {one.get("name"): "a" for one in words}
    if choices := form.all("select"):
        yield {one.get("name"): one.all("option")[-1].get("value") for one in choices}


def unequal(visitors: Visitors, one: Opened, trigger: Trigger, chosen: dict[str, str]) -> str:
    """Return where a page that took a fragment differs from a fresh one at the same address."""
    browser, page = visitors.browser(one.visit.host, one.visit.role), one.page
    again = next(each for each in triggers_of(page) if each.path == trigger.path)
    after = page_after(browser, one.visit.path, again, page, chosen)
    path = address_after(again, one.visit.path, values_of(page, again))
    fresh = parse(browser.get(path).content.decode())
    differing = unified_diff(list(lines(after)), list(lines(fresh)), path, "fresh", n=1, lineterm="")
    return "\n".join(differing)


def test_a_page_that_took_a_fragment_is_the_page_that_a_fresh_load_gives(visitors, first_readers):
    found, asked = [], 0
    for one in first_readers:
        for trigger in triggers_of(one.page):
            choices = chosen_in(trigger.element) if trigger.element.tag == "form" else [{}]
            for chosen in choices if trigger.method == "get" else ():
                asked += 1
                found.append(unequal(visitors, one, trigger, chosen))
    assert asked > 20
    assert "\n".join(filter(None, found)) == ""
