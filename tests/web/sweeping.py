"""Knocking at every door of every site as everybody, and reading the answers for words of another bank."""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import models, transaction
from django.test import Client

from apps.kernel.abilities import Role
from apps.kernel.guard import BankRow
from tenants.accounts.models import ApiToken, Membership
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.links import declaration_word, given_word
from tenants.network.models import (
    DonorAccount,
    NetworkOffer,
    Surplus,
    SurplusRequest,
    Transfer,
    TransferAgreement,
)
from tenants.network.services import link_ensure
from tenants.registry.models import FoodBank
from tests.making.twins import BANK_ROLES, MARKS
from tests.people import host_of, let_in
from tests.twins import Twins
from tests.web.routes import OBJECTS, Route, address_of, key_for, routes_of

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
TABLED: Final = ("GET", "POST")
"""Methods whose answers the table names; the others follow from it (``agrees``)."""
REFUSED: Final = frozenset({302, 401, 403, 404, 405})
NOBODY: Final = UUID(int=0xDEAD)
STRANGER, OUTSIDER, OPERATOR = "stranger", "outsider", "operator"
SITES: Final = {
    "bank": "collecto.urls_tenant",
    "public": "collecto.urls_public",
    "federation": "collecto.urls_federation",
}
ROLES: Final[dict[str, tuple[str, ...]]] = {
    "bank": (*(role.value for role in BANK_ROLES), OPERATOR, OUTSIDER, STRANGER),
    "public": (OPERATOR, OUTSIDER, STRANGER),
    "federation": (Role.FEDERATION.value, OPERATOR, OUTSIDER, STRANGER),
}
"""Who knocks at each site; an outsider is signed in and belongs elsewhere."""
TABLE: Final = Path(__file__).parent / "access.txt"
Expected = Mapping[tuple[str, str, str], Mapping[str, int]]


@dataclass(frozen=True)
class Answer:
    """What came back, to the last header."""

    status: int
    text: str

    @property
    def is_refusal(self) -> bool:
        """Tell whether whoever asked was turned away, or sent to sign in."""
        return self.status in {401, 403} or (self.status == 302 and "location: /accounts/" in self.text)

    def foreign(self, allowed: Iterable[str]) -> set[str]:
        """Return the marks that have no business here."""
        return {mark for mark in MARKS.values() if mark not in allowed and mark.lower() in self.text}


@dataclass
class Space:
    """One site on one host: its routes with real addresses, who knocks, whose words may be read."""

    site: str
    host: str
    marks: frozenset[str]
    addresses: dict[str, str]
    browsers: dict[str, Client]
    elsewhere: dict[str, str] = field(default_factory=dict)
    """Addresses of the same routes with a key of which only the twin has a row."""

    def allowed(self, route: str) -> frozenset[str]:
        """Return the marks that a route of this space may show."""
        return self.marks | SHOWN_TO_WHOEVER_HOLDS_THE_LINK.get((self.site, route), frozenset())


SHOWN_TO_WHOEVER_HOLDS_THE_LINK: Final[dict[tuple[str, str], frozenset[str]]] = {
    ("public", "network_offer_status"): frozenset({MARKS["twin-a"]}),
    ("public", "network_offer_withdraw"): frozenset({MARKS["twin-a"]}),
    ("public", "network_offer_declare"): frozenset({MARKS["twin-a"]}),
    ("public", "network_weekly"): frozenset({MARKS["twin-a"]}),
    ("public", "network_given"): frozenset({MARKS["twin-a"]}),
    ("public", "demo_enter"): frozenset(MARKS.values()),
    ("federation", "network_desk_list"): frozenset(MARKS.values()),
}
"""A donor follows a secret link to an offer of its own; the demonstration lists whom one may enter as; the
federation sees in which town food waits for a taker."""


@dataclass(frozen=True)
class Finding:
    """Something that should not be."""

    site: str
    route: str
    method: str
    role: str
    what: str


def knock(browser: Client, method: str, url: str, **headers: str) -> Answer:
    """Send a request and undo whatever it did, to the bank, to the session and to the cookies."""
    kept, browser.raise_request_exception = copy.deepcopy(browser.cookies), False
    with in_platform(Purpose.TEST), transaction.atomic():
        response = browser.generic(method, url, headers=headers or None)
        body = b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    browser.cookies = kept
    told = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    text = f"{told}\n{response.cookies.output()}\n{body.decode('latin-1')}".lower()
    return Answer(response.status_code, text)


def sweep(
    space: Space, *, methods: Iterable[str], roles: Iterable[str], expected: Expected | None
) -> Iterator[Finding]:
    """Knock at every door of a space; yield each word of another bank and each unexpected answer."""
    for name, url in space.addresses.items():
        for role in roles:
            for method in methods:
                answer = knock(space.browsers[role], method, url)
                where = (space.site, name, method, role)
                if found := answer.foreign(space.allowed(name)):
                    yield Finding(*where, f"shows {sorted(found)}")
                if expected is not None and not agrees(expected, where, answer.status):
                    yield Finding(*where, f"answers {answer.status}")


def agrees(expected: Expected, where: tuple[str, str, str, str], status: int) -> bool:
    """Tell whether an answer is the one of the table, or follows from it.

    HEAD answers as GET, or not at all. Other methods change nothing and nobody gets an error of ours.
    """
    site, name, method, role = where
    read = expected.get((site, name, "GET"), {}).get(role)
    if method in TABLED:
        return expected.get((site, name, method), {}).get(role) == status
    if method == "HEAD":
        return status in {read, 405}
    if method == "OPTIONS":
        return status < 500
    return status in REFUSED or (name.startswith("account_") and status < 500)


def expected_answers() -> Expected:
    """Read the table: one line per site, route and method, then each status with who gets it."""
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            where, *answers = line.split("|")
            site, route, method = where.split()
            found[site, route, method] = dict(_read(answers, site))
    return found


def _read(answers: list[str], site: str) -> Iterator[tuple[str, int]]:
    named = {role: status for status, *roles in map(str.split, answers) for role in roles}
    for role in ROLES[site]:
        yield role, int(named.get(role, named.get("others", "0")))


def written(answers: Mapping[tuple[str, str, str], Mapping[str, int]]) -> Iterator[str]:
    """Write lines of the table; the status that most people get is that of the others."""
    for (site, route, method), statuses in answers.items():
        by_status: dict[int, list[str]] = {}
        for role, status in statuses.items():
            by_status.setdefault(status, []).append(role)
        usual = max(by_status, key=lambda status: len(by_status[status]))
        words = [
            f"{status} {'others' if status == usual else ' '.join(roles)}"
            for status, roles in sorted(by_status.items())
        ]
        yield f"{site} {route} {method} | {' | '.join(words)}"


# --- the spaces ---


def bank_space(twins: Twins, slug: str) -> Space:
    """Return the site of a twin, with keys that both have and keys of the other one alone."""
    bank = twins.banks[slug]
    twin = next(other for other in twins.banks.values() if other != bank)
    routes = routes_of(SITES["bank"])
    return Space(
        site="bank",
        host=host_of(bank),
        marks=frozenset({MARKS[slug]}),
        addresses={r.name: address_within(r, bank) for r in routes},
        browsers=_browsers(bank, "bank", neighbour=twins.neighbour),
        elsewhere=dict(_addresses_elsewhere(routes, bank, twin)),
    )


def federation_space(twins: Twins) -> Space:
    """Return the federation's site: figures, and no word of any bank."""
    browsers = _browsers(twins.federation, "federation", neighbour=twins.neighbour)
    return Space(
        site="federation",
        host=host_of(twins.federation),
        marks=frozenset(),
        addresses={r.name: address_of(r, _key_there(r, twins)) for r in routes_of(SITES["federation"])},
        browsers=browsers,
    )


def public_space(twins: Twins) -> Space:
    """Return the public site, the operator's pages among them."""
    return Space(
        site="public",
        host="localhost",
        marks=frozenset(),
        addresses={r.name: _public_address(r, twins) for r in routes_of(SITES["public"])},
        browsers=_browsers(None, "public", neighbour=twins.neighbour),
    )


def _own_transfer(bank: FoodBank) -> Any:
    with in_platform(Purpose.TEST):
        return (
            Transfer.objects.filter(from_bank=bank)
            .exclude(to_bank__slug__in=MARKS)
            .values_list("pk", flat=True)[0]
        )


def _own_hat(bank: FoodBank) -> Any:
    with in_platform(Purpose.TEST):
        return Membership.objects.filter(bank=bank).order_by("created_at").values_list("pk", flat=True)[0]


def _own_person(bank: FoodBank) -> Any:
    with in_platform(Purpose.TEST):
        return (
            Membership.objects.filter(bank=bank).order_by("created_at").values_list("user_id", flat=True)[0]
        )


def _own_token(bank: FoodBank) -> Any:
    with in_platform(Purpose.TEST):
        tokens = ApiToken.objects.filter(bank=bank).order_by("created_at")
        return tokens.values_list("pk", flat=True).first() or NOBODY


def _own_surplus(bank: FoodBank) -> Any:
    with in_platform(Purpose.TEST):
        return Surplus.objects.filter(bank=bank).values_list("pk", flat=True)[0]


def _request_put_to(bank: FoodBank) -> Any:
    with in_platform(Purpose.TEST):
        return SurplusRequest.objects.filter(surplus__bank=bank).values_list("pk", flat=True)[0]


def _request_made(bank: FoodBank) -> Any:
    with in_platform(Purpose.TEST):
        return SurplusRequest.objects.filter(bank=bank).values_list("pk", flat=True).first() or NOBODY


def _own_agreement(bank: FoodBank) -> Any:
    with in_platform(Purpose.TEST):
        return TransferAgreement.objects.filter(from_bank=bank).values_list("pk", flat=True)[0]


OF_BANK: Final[dict[str, Callable[[FoodBank], Any]]] = {
    "network_transfer": _own_transfer,
    "network_surplus": _own_surplus,
    "network_surplus_ask": _own_surplus,
    "network_surplus_request": _request_put_to,
    "network_surplus_request_withdraw": _request_made,
    "network_agreement": _own_agreement,
    "network_transfer_propose": lambda bank: OBJECTS["network_transfer_propose"](),
    "demo_enter_as": _own_hat,
    "accounts_person": _own_person,
    "accounts_invitation": lambda bank: NOBODY,
    "accounts_token": _own_token,
    "account_join": lambda bank: "no-such-word",
    "account_leave": _own_hat,
    "styleguide_page": lambda bank: "list",
    "receiving_limit": lambda bank: "FROZEN_M18",
}
"""Keys that a row of the bank's own does not give."""


def _named(name: str, table: Iterable[str]) -> str:
    return max(
        (begin for begin in table if name == begin or name.startswith(f"{begin}_")), key=len, default=""
    )


def _key(route: Route, bank: FoodBank) -> Any:
    """Return the key for a route of a bank, in whose scope it runs.

    Raises:
        LookupError: nobody said which object the route shows, or the bank has none.
    """
    name = _named(route.name, [*OF_BANK, *OBJECTS])
    found = OF_BANK[name](bank) if name in OF_BANK else OBJECTS[name]() if name else None
    if found is None:
        raise LookupError(f"say in OBJECTS or OF_BANK which object {route.name} shows")
    return found


def address_within(route: Route, bank: FoodBank) -> str:
    """Return a real address of a route of a bank's site."""
    if not route.names_something:
        return "/" + route.pattern
    with in_tenant(bank, Purpose.TEST):
        key = _key(route, bank)
    return address_of(route, getattr(key, "pk", key))


def _addresses_elsewhere(
    routes: Iterable[Route], bank: FoodBank, twin: FoodBank
) -> Iterator[tuple[str, str]]:
    for route in routes:
        if route.names_something:
            key = _key_elsewhere(route, bank, twin)
            if key is not None:
                yield route.name, address_of(route, key)


def _key_elsewhere(route: Route, bank: FoodBank, twin: FoodBank) -> Any:
    """Return a key of which the twin has a row and this bank has none."""
    with in_tenant(twin, Purpose.TEST):
        found = _key(route, twin)
        if not isinstance(found, BankRow):
            return found if isinstance(found, UUID) else None
        model: type[models.Model] = type(found)
        theirs = set(model._default_manager.values_list("pk", flat=True))
    with in_tenant(bank, Purpose.TEST):
        alone = theirs - set(model._default_manager.values_list("pk", flat=True))
    return max(alone, default=None)


OF_NOBODY: Final[dict[str, Any]] = {
    "accounts_person": NOBODY,
    "accounts_invitation": NOBODY,
    "account_join": "no-such-word",
    "account_leave": NOBODY,
}
"""Keys that name nobody, where the site has no row to name."""


def _key_there(route: Route, twins: Twins) -> Any:
    if nobody := OF_NOBODY.get(_named(route.name, OF_NOBODY)):
        return nobody
    if _named(route.name, OBJECTS):
        return key_for(route)
    return "twin-a" if route.name == "federation_bank_detail" else _own_hat(twins.federation)


def _public_address(route: Route, twins: Twins) -> str:
    if not route.names_something:
        return "/" + route.pattern
    bank = twins.banks["twin-a"]
    with in_platform(Purpose.TEST):
        account = DonorAccount.objects.get(email__icontains=MARKS["twin-a"])
        offer = NetworkOffer.objects.get(donor_account=account)
    given: dict[str, Any] = {
        "styleguide_page": "list",
        "network_offer_declare": declaration_word(link_ensure(account)),
        "network_weekly": given_word(link_ensure(account)),
        "network_weekly_act": given_word(link_ensure(account)),
        "network_given": given_word(link_ensure(account)),
        "network_offer_status": offer.public_token,
        "network_offer_withdraw": offer.public_token,
        "operator_bank_detail": bank.pk,
        "operator_bank_proof": bank.pk,
        "operator_bank_invite": bank.pk,
        "operator_bank_act": bank.pk,
        "operator_step": NOBODY,
        "operator_export": NOBODY,
        "operator_outbox_retry": 999_999,
        "operator_outbox_discard": 999_999,
        "demo_enter_as": _own_hat(bank),
    }
    key = given.get(route.name) or OF_NOBODY.get(_named(route.name, OF_NOBODY)) or key_for(route)
    return address_of(route, key).replace("<slug:act>", "suspend")


def _browsers(bank: FoodBank | None, site: str, *, neighbour: FoodBank) -> dict[str, Client]:
    """Return one browser per role, each with a session that was opened on this very host."""
    host = host_of(bank) if bank else "localhost"
    found = {}
    with in_platform(Purpose.TEST):
        operator = person_ensure(email="operator@example.org", full_name="Operator")
        type(operator).objects.filter(pk=operator.pk).update(is_staff=True)
        outsider = person_ensure(email="outsider@example.org", full_name="Outsider")
        membership_grant(user=outsider, bank=neighbour, role=Role.MANAGER)
        if site == "federation" and bank:
            person = person_ensure(email="federation@example.org", full_name="Federation")
            membership_grant(user=person, bank=bank, role=Role.FEDERATION)
        held = Membership.objects.filter(bank=bank).select_related("user") if bank else []
        people = {hat.role: hat.user for hat in held} | {OPERATOR: operator, OUTSIDER: outsider}
        for role in ROLES[site]:
            found[role] = Client(headers={"host": host})
            if role != STRANGER:
                let_in(found[role], people[role], bank)
    for browser in found.values():
        browser.get("/")
    return found
