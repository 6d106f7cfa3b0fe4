"""Every page of the lived-in network, opened without a browser by those who may."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.test import Client

from apps.delivery.models import DeliveryNote
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.orders.models import Order
from apps.recalls.models import RecallReach
from tenants.accounts.models import Invitation, Membership
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.links import declaration_word, given_word
from tenants.network.models import DonorAccount, NetworkOffer
from tenants.network.services import link_ensure
from tenants.network.states import NetworkOfferStatus
from tenants.registry.models import FoodBank
from tests.web.routes import Route, address_of, routes_of
from tests.web.sweeping import OPERATOR, ROLES, STRANGER, expected_answers

BANK: Final = "bourgogne"
FEDERATION: Final = "federation"
NOT_PAGES: Final = (
    "api_",
    "delivery_day_pdf",
    "delivery_note_pdf",
    "file_open",
    "network_donor_link_sheet",
    "receiving_collection_totals",
    "recalls_case_pdf",
    "receiving_receipt_pdf",
    "report_paper",
    "report_stop",
    "report_subscription",
    "search_photo",
    "sites_letterhead_sample",
    "stock_pallet_pdf",
    "stock_place_label",
)
"""Routes that answer with data, with a paper or to a program, by how their names begin."""
MANAGED: Final = {
    "account_hub": "/accounts/",
    "account_inactive": "/accounts/inactive/",
    "account_email_verification_sent": "/accounts/confirm-email/",
    "socialaccount_login_cancelled": "/accounts/proconnect/cancelled/",
    "mfa_activate_totp": "/accounts/second-factor/app/",
    "mfa_add_webauthn": "/accounts/second-factor/passkey/",
    "mfa_generate_recovery_codes": "/accounts/codes/new/",
    "mfa_list_webauthn": "/accounts/passkeys/",
    "account_passkey_offer": "/accounts/passkeys/offer/",
    "account_devices": "/accounts/devices/",
    "account_device_end_others": "/accounts/devices/others/",
    "account_identity": "/accounts/me/",
    "account_address": "/accounts/me/address/",
    "account_leave": "/accounts/me/roles/{hat}/leave/",
    "accounts_person_list": "/accounts/people/",
    "accounts_person_detail": "/accounts/people/{person}/",
    "accounts_person_grant": "/accounts/people/{person}/roles/new/",
    "accounts_person_end": "/accounts/people/{person}/roles/{other}/end/",
    "accounts_person_narrow": "/accounts/people/{speaker}/roles/{speaks}/charity/",
    "accounts_person_reset": "/accounts/people/{person}/reset/",
    "accounts_invitation_list": "/accounts/invitations/",
    "accounts_invitation_create": "/accounts/invitations/new/",
    "accounts_invitation_revoke": "/accounts/invitations/{invitation}/revoke/",
    "accounts_rights": "/accounts/rights/",
    "accounts_token_list": "/accounts/programs/",
    "accounts_token_create": "/accounts/programs/new/",
}
"""Pages of a manager's account and of the people of the bank."""

OWN: Final = {
    "account_hub": "/accounts/",
    "account_devices": "/accounts/devices/",
    "account_identity": "/accounts/me/",
    "mfa_list_webauthn": "/accounts/passkeys/",
}
"""Pages of one's own account, which everybody has."""
OF_A_SPEAKER: Final = {
    "accounts_person_list": "/accounts/people/",
    "accounts_invitation_list": "/accounts/invitations/",
    "accounts_invitation_create": "/accounts/invitations/new/",
}
"""Pages of who may invite the colleagues of their charity."""


@dataclass(frozen=True)
class Visit:
    """A page that somebody may open: its route, their role, the host and the path."""

    name: str
    role: str
    host: str
    path: str

    def __str__(self) -> str:
        return f"{self.name} as {self.role}"


class Visitors:
    """A browser without a screen for each person, who enters as the demonstration lets one enter."""

    def __init__(self) -> None:
        self._browsers: dict[tuple[str, str], Client] = {}

    def open(self, visit: Visit, **headers: str) -> Any:
        """Return the answer to a visit."""
        return self.browser(visit.host, visit.role).get(visit.path, headers=headers or None)

    def browser(self, host: str, role: str) -> Client:
        """Return the browser of whoever holds a role on a host."""
        if (host, role) not in self._browsers:
            self._browsers[host, role] = self._entered(host, role)
        return self._browsers[host, role]

    def _entered(self, host: str, role: str) -> Client:
        browser = Client(headers={"host": host, "accept-language": "fr"})
        if role == OPERATOR:
            browser.get("/enter/operator/")
        elif role != STRANGER:
            browser.get(f"/enter/{hat_of(host.partition('.')[0], role).pk}/")
        browser.get("/")
        return browser


def hat_of(slug: str, role: str) -> Membership:
    """Return the hat of the first person who holds a role; a charity's is that of the first order's."""
    with in_platform(Purpose.TEST):
        bank = FoodBank.objects.get(slug=slug)
        hats = Membership.objects.filter(bank=bank, role=role, ended_at__isnull=True)
    if role == Role.PARTNER:
        with in_tenant(bank, Purpose.TEST):
            hats = hats.filter(partner_id=_charity())
    with in_platform(Purpose.TEST):
        return hats.earliest("created_at")


def visits_of_bank(waiting: Mapping[str, Any], *, everybody: bool = True) -> Iterator[Visit]:
    """Yield each page of a bank for each role that may open it, or for whom it is first of all.

    ``waiting`` says what a page is about, by its name, where it is not the first row that is found.
    """
    read = expected_answers()
    with in_platform(Purpose.TEST):
        bank = FoodBank.objects.get(slug=BANK)
    with in_tenant(bank, Purpose.TEST):
        for route in _pages("collecto.urls_tenant"):
            roles = [r for r in ROLES["bank"] if read.get(("bank", route.name, "GET"), {}).get(r) == 200]
            for role in _audience(route.name, roles, everybody=everybody):
                own = OF_A_CHARITY if role == Role.PARTNER else waiting
                yield Visit(route.name, role, f"{BANK}.localhost", address_of(route, _key(route, own)))


def people_named() -> dict[str, Any]:
    """Return who the pages about people are about: the manager's own hat, and others; who is invited."""
    own, other = hat_of(BANK, Role.MANAGER.value), hat_of(BANK, Role.VOLUNTEER.value)
    speaker = hat_of(BANK, Role.PARTNER.value)
    with in_platform(Purpose.TEST):
        waiting = Invitation.objects.filter(bank__slug=BANK, accepted_at=None, revoked_at=None)
        invited = waiting.filter(expires_at__gt=clock.now()).latest("created_at")
    return {
        "hat": own.pk,
        "person": other.user_id,
        "other": other.pk,
        "speaker": speaker.user_id,
        "speaks": speaker.pk,
        "invitation": invited.pk,
    }


def visits_of_people() -> Iterator[Visit]:
    """Yield the pages of a manager's account, and of the people of the bank."""
    named = people_named()
    for name, path in MANAGED.items():
        yield Visit(name, Role.MANAGER.value, f"{BANK}.localhost", path.format(**named))


def visits_elsewhere() -> Iterator[Visit]:
    """Yield the pages of the public site, of its operator and of the federation."""
    with in_platform(Purpose.TEST):
        offer = NetworkOffer.objects.filter(status=NetworkOfferStatus.ROUTED).earliest("pk")
        account = link_ensure(DonorAccount.objects.earliest("pk"))
        word, history = declaration_word(account), given_word(account)
        bank = FoodBank.objects.get(slug=BANK)
    token = offer.public_token
    public = {
        "home": "/",
        "network_bank_list": "/banks/",
        "network_bank_find": "/banks/find/",
        "network_offer_give": "/give/",
        "network_offer_declare": f"/give/{word}/",
        "network_weekly": f"/given/{history}/weekly/",
        "network_given": f"/given/{history}/",
        "network_link_ask": "/give/link/",
        "network_offer_status": f"/offers/{token}/",
        "network_offer_withdraw": f"/offers/{token}/withdraw/",
        "account_request_login_code": "/accounts/login/code/",
        "demo_enter": "/enter/",
    }
    operated = {
        "operator_bank_list": "/operator/",
        "operator_bank_create": "/operator/banks/new/",
        "operator_bank_detail": f"/operator/banks/{bank.pk}/",
        "operator_bank_act": f"/operator/banks/{bank.pk}/suspend/",
        "operator_outbox": "/operator/outbox/",
        "operator_people": "/accounts/people/",
        "operator_invitations": "/accounts/invitations/",
        "operator_person_reset": "/operator/people/reset/",
        "operator_bank_invite": f"/operator/banks/{bank.pk}/invite/",
    }
    federated = {"federation_home": "/", "federation_bank_detail": f"/banks/{BANK}/"}
    federated |= {"federation_flow_list": "/flows/"}
    federated |= {"federation_people": "/accounts/people/", "federation_invite": "/accounts/invitations/new/"}
    federated |= {"federation_department_detail": "/departments/58/", "report_letter": "/reports/letter/"}
    federated |= {
        "network_desk_list": "/network/offers/",
        "network_desk_detail": f"/network/offers/{offer.pk}/",
        "network_desk_place": f"/network/offers/{offer.pk}/place/",
        "network_desk_end": f"/network/offers/{offer.pk}/end/",
        "network_policy": "/network/routing/",
        "network_bank_need_list": "/network/needs/",
        "network_bank_need_edit": f"/network/needs/{bank.pk}/",
    }
    yield from (Visit(name, STRANGER, "localhost", path) for name, path in public.items())
    yield from (Visit(name, OPERATOR, "localhost", path) for name, path in operated.items())
    for name, path in federated.items():
        yield Visit(name, Role.FEDERATION.value, f"{FEDERATION}.localhost", path)


def _pages(urlconf: str) -> list[Route]:
    elsewhere = ("_styleguide/", "accounts/", "api/", "enter/")
    return [
        route
        for route in routes_of(urlconf)
        if not route.pattern.startswith(elsewhere) and not route.name.startswith(NOT_PAGES)
    ]


def _audience(name: str, roles: list[str], *, everybody: bool) -> list[str]:
    """Return who opens a page: all who may, or one of them; what one drives is the driver's."""
    drives = [Role.DRIVER.value] if name.startswith("rounds_drive") else []
    return list(dict.fromkeys([*drives, *roles]))[: None if everybody else 1]


def _key(route: Route, own: Mapping[str, Any]) -> Any:
    begins = [name for name in own if route.name.startswith(name)]
    found = own[max(begins, key=len)] if begins and route.names_something else None
    return found() if callable(found) else found


def _charity() -> Any:
    return Order.objects.earliest("pk").partner_id


OF_A_CHARITY: Final[dict[str, Callable[[], Any]]] = {
    "partners_partner": _charity,
    "orders_": lambda: Order.objects.earliest("pk").pk,
    "recalls_mine": lambda: RecallReach.objects.filter(partner_id=_charity()).earliest("pk").pk,
    "delivery_note": lambda: DeliveryNote.objects.filter(partner_id=_charity()).earliest("pk").pk,
}
"""What a charity may see, by how the names of its pages begin."""
