"""No route of any site shows a word of another bank, to anybody, and each answers as its class says.

``access.txt`` says who gets which answer; ``ACCESS=write`` writes it anew, and the difference is reviewed
like code. The default run knocks as those who may most and those who may least; the ``slow`` part
knocks with every method as everybody in every place.
"""

import copy
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from apps.kernel.abilities import Role
from tests.making.twins import MARKS, token_of
from tests.people import host_of
from tests.twins import Twins
from tests.web.routes import routes_of
from tests.web.sweeping import (
    METHODS,
    NOBODY,
    OUTSIDER,
    REFUSED,
    ROLES,
    SITES,
    STRANGER,
    TABLE,
    TABLED,
    Space,
    bank_space,
    expected_answers,
    federation_space,
    knock,
    public_space,
    sweep,
    written,
)

pytestmark = pytest.mark.xdist_group("twins")

NO_LIMIT = 10**9
PLACES = ["twin-a", "twin-b", "public", "federation"]
READERS = [
    ("twin-b", Role.MANAGER.value),
    ("twin-b", Role.PARTNER.value),
    ("twin-b", STRANGER),
]
WRITERS = [
    ("POST", Role.MANAGER.value),
    ("POST", STRANGER),
    ("PUT", Role.MANAGER.value),
]
"""What the default run asks; CI asks every method, as everybody, in every place."""
OPEN = ("accounts/", "enter/", "_styleguide/", "api/v1/schema/")
"""What answers people who belong elsewhere, in a bank."""


@pytest.fixture(scope="module", autouse=True)
def _unlimited() -> Iterator[None]:
    """So many requests would be refused for being many, and those long after signing in for being late."""
    with override_settings(
        LIMITS=dict.fromkeys(_limits(), (NO_LIMIT, 60)), ACCOUNT_REAUTHENTICATION_TIMEOUT=NO_LIMIT
    ):
        yield


def _limits() -> list[str]:
    return list(settings.LIMITS)


@pytest.fixture(scope="module")
def spaces(twins: Twins) -> dict[str, Space]:
    return {
        **{slug: bank_space(twins, slug) for slug in MARKS},
        "public": public_space(twins),
        "federation": federation_space(twins),
    }


def site_of(place: str) -> str:
    return place if place in SITES else "bank"


def _everybody(places: list[str]) -> list[Any]:
    return [
        pytest.param(place, role, id=f"{place}-{role}") for place in places for role in ROLES[site_of(place)]
    ]


def test_every_route_is_classified_and_every_class_is_of_a_route(twins, spaces):
    if os.environ.get("ACCESS") == "write":
        _write(spaces)
    routes = {
        (site, route.name, method)
        for site, urlconf in SITES.items()
        for route, method in product(routes_of(urlconf), TABLED)
    }
    assert set(expected_answers()) == routes


def _write(spaces: dict[str, Space]) -> None:
    answers = {
        (space.site, name, method): {
            role: knock(space.browsers[role], method, url).status for role in ROLES[space.site]
        }
        for space in (spaces["twin-b"], spaces["public"], spaces["federation"])
        for name, url in space.addresses.items()
        for method in TABLED
    }
    head = "# site route method | status who | … (reviewed; ACCESS=write writes it anew)"
    TABLE.write_text("\n".join([head, *written(answers)]) + "\n", encoding="utf-8")


@pytest.mark.parametrize(("place", "role"), [*READERS, *_everybody(["public", "federation"])])
def test_whoever_reads_gets_the_answer_of_the_class_and_no_foreign_word(spaces, place, role):
    assert list(sweep(spaces[place], methods=["GET"], roles=[role], expected=expected_answers())) == []


@pytest.mark.parametrize(("method", "role"), WRITERS)
def test_whoever_writes_gets_the_answer_of_the_class_and_no_foreign_word(spaces, role, method):
    assert list(sweep(spaces["twin-b"], methods=[method], roles=[role], expected=expected_answers())) == []


@pytest.mark.slow
@pytest.mark.parametrize(("place", "role"), _everybody(PLACES))
def test_every_method_as_everybody_in_every_place(spaces, place, role):
    assert list(sweep(spaces[place], methods=METHODS, roles=[role], expected=expected_answers())) == []


def keys_of_nobody(space: Space, role: str, method: str) -> dict[str, tuple[int, int, set[str]]]:
    """Return the answers that tell a key of the twin from a key of nobody, or show a word.

    Addresses whose key names nobody in either bank are left out: there is nothing to tell apart.
    """
    odd = {}
    for name, url in space.elsewhere.items():
        key = next((part for part in url.split("/") if part not in space.addresses[name].split("/")), "")
        if not key:
            continue
        nobody = url.replace(key, str(NOBODY) if "-" in key else "999999999")
        theirs, nobodys = (knock(space.browsers[role], method, at) for at in (url, nobody))
        shown = theirs.foreign(space.marks)
        opened = theirs.status < 300 and method != "OPTIONS"
        if theirs.status != nobodys.status or opened or theirs.status >= 500 or shown:
            odd[name] = (theirs.status, nobodys.status, shown)
    return odd


@pytest.mark.parametrize("method", TABLED)
def test_a_row_of_the_twin_does_not_exist_here(spaces, method):
    space, read = spaces["twin-b"], expected_answers()
    role = Role.MANAGER.value
    may = [n for n in space.elsewhere if read["bank", n, method][role] not in REFUSED]
    answers = {n: knock(space.browsers[role], method, space.elsewhere[n]) for n in may}
    assert len(may) > 20
    unread = {name for name, a in answers.items() if a.status == 400 and method == "POST"}
    assert unread <= {"api_offer_decline"}, "an empty message is refused before its row is looked for"
    assert {n: a.status for n, a in answers.items() if n not in unread and a.status != 404} == {}
    assert {n for n, a in answers.items() if a.foreign(space.marks)} == set()


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES["bank"])
def test_a_key_of_the_twin_is_a_key_of_nobody_for_everybody(spaces, role):
    assert {m: odd for m in METHODS if (odd := keys_of_nobody(spaces["twin-b"], role, m))} == {}


def carried_over(browser: Client, host: str) -> Client:
    """Return a browser that shows the cookies of another host."""
    copied = Client(headers={"host": host})
    copied.cookies = copy.deepcopy(browser.cookies)
    return copied


@pytest.mark.parametrize(
    "role", [Role.MANAGER.value, pytest.param(Role.PARTNER.value, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("place", ["twin-b", "federation"])
def test_a_session_of_one_bank_opens_nothing_elsewhere(spaces, place, role):
    space = spaces[place]
    copied = carried_over(spaces["twin-a"].browsers[role], space.host)
    answers = {name: knock(copied, "GET", url) for name, url in space.addresses.items()}
    closed = {n for n, url in space.addresses.items() if not url.lstrip("/").startswith(OPEN)}
    assert {n: a.status for n, a in answers.items() if n in closed and not a.is_refusal} == {}
    assert {n for n, a in answers.items() if n in closed and a.foreign(())} == set()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_of_one_bank_opens_nothing_in_the_other(twins, spaces, method):
    _user, secret = token_of(twins.banks["twin-a"], Role.MANAGER)
    space = spaces["twin-b"]
    program = Client(headers={"host": space.host, "authorization": f"Token {secret}"})
    api = {n: url for n, url in space.addresses.items() if url.startswith("/api/v1/")}
    answers = {name: knock(program, method, url) for name, url in api.items() if name != "api_schema"}
    assert {name: a.status for name, a in answers.items() if a.status not in {401, 403}} == {}
    assert {name for name, a in answers.items() if a.foreign(())} == set()


def test_a_token_opens_its_own_bank(twins, spaces):
    _user, secret = token_of(twins.banks["twin-b"], Role.MANAGER)
    program = Client(headers={"host": spaces["twin-b"].host, "authorization": f"Token {secret}"})
    answer = knock(program, "GET", "/api/v1/stock/lots/")
    assert answer.status == 200
    assert MARKS["twin-b"].lower() in answer.text


TRICKS = [
    "/../",
    "/sites/../donors/",
    "/sites/%2e%2e/donors/",
    "/sites/%2e%2e%2fdonors/",
    "/sites/%252e%252e%252fdonors/",
    "/sites/..%5cdonors/",
    "/sites/..;/donors/",
    "//sites/",
    "/%2fsites/",
    "/./sites/",
    "/sites%2f",
    "/sites/%00/",
    "/files/../../b_twin_a/",
    "/files/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/static/../../etc/passwd",
    "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2f..%2fetc%2fpasswd",
    "/static/%252e%252e%252f%252e%252e%252fetc%252fpasswd",
    "/media/",
    "/b_twin_a/sites/",
    "/twin-a/sites/",
    "/@twin-a.localhost/sites/",
    "/sites/?host=twin-a.localhost&bank=twin-a&schema=b_twin_a",
]


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("role", [Role.MANAGER.value, STRANGER])
def test_no_trick_with_the_path_leads_to_the_twin(spaces, role, trick):
    answer = knock(spaces["twin-b"].browsers[role], "GET", trick)
    assert answer.status < 500
    assert answer.foreign(spaces["twin-b"].marks) == set()
    assert "root:" not in answer.text


HOSTS = {
    "nobody.localhost": {404},
    "b_twin_a.localhost": {400, 404},
    "twin-a.localhost.example.org": {400},
    "twin-b.localhost@twin-a.localhost": {400},
    "twin-a.twin-b.localhost": {404},
    "twin-a.localhost:80@twin-b.localhost": {400},
    "twin-a%2elocalhost": {400},
    "127.0.0.1": {400},
    "": {400},
}


@pytest.mark.parametrize("host", HOSTS)
def test_an_unknown_host_is_nobody_s(spaces, host):
    browser = carried_over(spaces["twin-a"].browsers[Role.MANAGER.value], host)
    answers = [knock(browser, "GET", url) for url in ("/", "/sites/", "/api/v1/stock/lots/")]
    assert {answer.status for answer in answers} <= HOSTS[host]
    assert [answer.foreign(()) for answer in answers] == [set()] * 3


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded", "X-Tenant"]
)
def test_no_header_names_another_bank(spaces, header):
    manager = spaces["twin-b"].browsers[Role.MANAGER.value]
    answer = knock(manager, "GET", "/sites/", **{header: "twin-a.localhost"})
    assert answer.status == 200
    assert MARKS["twin-b"].lower() in answer.text
    assert answer.foreign(spaces["twin-b"].marks) == set()


@pytest.mark.parametrize("way", ["body", "header", "cookie", "redirect", "stream", "error", "attachment"])
def test_the_sweep_finds_a_view_that_remembers_another_bank(spaces, way):
    with override_settings(ROOT_URLCONF="tests.web.leaking"):
        for place in ("twin-a", "twin-b"):
            leaky = replace(spaces[place], addresses={"leak": f"/leak/{way}/"})
            found = list(sweep(leaky, methods=["GET"], roles=[Role.MANAGER.value], expected=None))
    assert [finding.what for finding in found] == [f"shows ['{MARKS['twin-a']}']"]


def only(space: Space, *routes: str) -> Space:
    """Return a space of a few routes."""
    return replace(space, addresses={name: space.addresses[name] for name in routes})


def test_the_sweep_finds_an_answer_that_its_class_does_not_name(spaces):
    expected = dict(expected_answers())
    where = ("bank", "home", "GET")
    expected[where] = {**expected[where], OUTSIDER: 200}
    found = list(sweep(only(spaces["twin-b"], "home"), methods=["GET"], roles=[OUTSIDER], expected=expected))
    assert [(finding.route, finding.what) for finding in found] == [("home", "answers 403")]


def test_a_route_without_a_class_answers_as_none_expects(spaces):
    expected = {where: who for where, who in expected_answers().items() if where[1] != "home"}
    space = only(spaces["twin-b"], "home", "sites_site_list")
    found = list(sweep(space, methods=["GET"], roles=[Role.MANAGER.value], expected=expected))
    assert [finding.route for finding in found] == ["home"]


def test_the_twins_are_asked_on_their_own_hosts(twins, spaces):
    assert {spaces[slug].host for slug in MARKS} == {host_of(bank) for bank in twins.banks.values()}
