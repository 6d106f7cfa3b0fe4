"""The pages of the product: who looks at each, and where it is in the lived-in network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.kernel.abilities import Role
from apps.kernel.signing import signed
from apps.orders.models import Order
from tenants.accounts.inviting import word_of
from tenants.accounts.models import Invitation
from tenants.accounts.services import token_issue
from tenants.crossing import Purpose, in_platform
from tenants.federation.alerts.models import NoticeRecord, RecallNotice
from tenants.federation.alerts.reading import record_take
from tenants.federation.alerts.states import RecordState
from tenants.federation.reporting import STOP
from tenants.network.links import declaration_word, given_word
from tenants.network.models import DonorAccount, NetworkOffer
from tenants.network.services import link_ensure
from tenants.network.states import NetworkOfferStatus
from tenants.registry.models import FoodBank
from tests.browser.lives import banks_of_every_state, work_set_aside
from tests.browser.morning import BANK, in_bank
from tests.making.people import acting, make_invitation
from tests.peers.rappelconso import SAMPLE
from tests.web.routes import address_of, routes_of
from tests.web.sweeping import NOBODY
from tests.web.visits import MANAGED, NOT_PAGES, hat_of, people_named


@dataclass(frozen=True)
class Somebody:
    """Who looks at a page: whoever holds a role in a member, or a stranger on its site."""

    place: str = BANK
    role: Role | None = None

    @property
    def host(self) -> str:
        """Host of the site they are on."""
        return f"{self.place}.localhost" if self.place else "localhost"


MANAGER = Somebody(role=Role.MANAGER)
PARTNER = Somebody(role=Role.PARTNER)
VOLUNTEER = Somebody(role=Role.VOLUNTEER)
DRIVER = Somebody(role=Role.DRIVER)
ANALYST = Somebody("federation", Role.FEDERATION)
STRANGER = Somebody()
PASSER_BY = Somebody("")
LOST = Somebody("nulle-part")
OPERATOR = Somebody("", Role.OPERATOR)

NO_PAGE = {
    "offers_offer_accept_all",
    "rounds_stop_assign",
    "rounds_stop_move",
    "rounds_round_start",
    "delivery_note_send",
    "job_cancel",
    "job_retry",
    "network_donor_link_make",
    "network_donor_link_restore",
    "network_donor_link_send",
}
"""Addresses that only take a form."""
FOR_OTHERS = {
    "orders_mine": PARTNER,
    "delivery_mine": PARTNER,
    "recalls_mine": PARTNER,
    "recalls_answer": STRANGER,
    "partners_own": PARTNER,
    "rounds_drive": DRIVER,
}
"""Pages of a bank that its manager does not look at, by how their names begin."""
OTHER_SITES = {
    "public_home": (PASSER_BY, "/"),
    "public_banks": (PASSER_BY, "/banks/"),
    "public_find": (PASSER_BY, "/banks/find/"),
    "public_found": (PASSER_BY, "/banks/find/?department=21"),
    "public_give": (PASSER_BY, "/give/"),
    "public_give_again": (PASSER_BY, "/give/{word}/"),
    "public_give_repeat": (PASSER_BY, "/give/{word}/?again={history}"),
    "public_weekly": (PASSER_BY, "/given/{history}/weekly/"),
    "public_given": (PASSER_BY, "/given/{history}/"),
    "public_link": (PASSER_BY, "/give/link/"),
    "public_link_over": (PASSER_BY, "/give/no-such-word/"),
    "public_offer": (PASSER_BY, "/offers/{token}/"),
    "public_take_back": (PASSER_BY, "/offers/{token}/withdraw/"),
    "public_enter": (PASSER_BY, "/enter/"),
    "public_not_found": (PASSER_BY, "/nowhere/"),
    "public_refused": (OPERATOR, "/operator/banks/{exportee}/erase/"),
    "invited": (STRANGER, "/accounts/join/{join}/"),
    "volunteer_account": (VOLUNTEER, "/accounts/"),
    "volunteer_devices": (VOLUNTEER, "/accounts/devices/"),
    "federation_invitations": (ANALYST, "/accounts/invitations/"),
    "federation_invite": (ANALYST, "/accounts/invitations/new/"),
    "sign_in": (STRANGER, "/accounts/login/code/"),
    "sign_out": (MANAGER, "/accounts/logout/"),
    "sign_up": (STRANGER, "/accounts/signup/"),
    "join_gone": (STRANGER, "/accounts/join/no-such-word/"),
    "arrive_failed": (STRANGER, "/accounts/arrive/"),
    "person_narrow": (MANAGER, "/accounts/people/{guest}/roles/{guest_hat}/charity/"),
    "invitation_waiting": (MANAGER, "/accounts/invitations/"),
    "invitation_revoke": (MANAGER, "/accounts/invitations/{invitation}/revoke/"),
    "program_list": (MANAGER, "/accounts/programs/"),
    "program_revoke": (MANAGER, "/accounts/programs/{program}/revoke/"),
    "bank_enter": (STRANGER, "/enter/"),
    "bank_not_found": (MANAGER, "/nowhere/"),
    "bank_refused": (DRIVER, "/donors/"),
    "bank_unknown": (LOST, "/"),
    "bank_suspended": (Somebody("suspendue"), "/"),
    "bank_archived": (Somebody("archivee"), "/"),
    "bank_erased": (Somebody("effacee"), "/"),
    "bank_renamed": (Somebody("ancienne"), "/stock/"),
    "partner_home": (PARTNER, "/"),
    "driver_home": (DRIVER, "/"),
    "federation_home": (ANALYST, "/"),
    "federation_empty": (ANALYST, "/?year=2020"),
    "federation_bank": (ANALYST, "/banks/bourgogne/"),
    "federation_department": (ANALYST, "/departments/58/"),
    "federation_flows": (ANALYST, "/flows/"),
    "federation_recalls": (ANALYST, "/recalls/"),
    "federation_recall_new": (ANALYST, "/recalls/new/"),
    "federation_recall": (ANALYST, "/recalls/{notice}/"),
    "federation_source": (ANALYST, "/recalls/source/"),
    "federation_source_read": (ANALYST, "/recalls/source/read/"),
    "federation_source_record": (ANALYST, "/recalls/source/{record}/"),
    "federation_source_settle": (ANALYST, "/recalls/source/{record}/settle/"),
    "federation_offers": (ANALYST, "/network/offers/"),
    "federation_offer": (ANALYST, "/network/offers/{offer}/"),
    "federation_offer_place": (ANALYST, "/network/offers/{offer}/place/"),
    "federation_offer_end": (ANALYST, "/network/offers/{offer}/end/"),
    "federation_routing": (ANALYST, "/network/routing/"),
    "federation_needs": (ANALYST, "/network/needs/"),
    "federation_need": (ANALYST, "/network/needs/{needy}/"),
    "federation_letter": (ANALYST, "/reports/letter/"),
    "federation_hub": (ANALYST, "/accounts/"),
    "federation_people": (ANALYST, "/accounts/people/"),
    "federation_sign_in": (Somebody("federation"), "/accounts/login/code/"),
    "federation_not_found": (ANALYST, "/nowhere/"),
    "report_stop": (STRANGER, "/reports/stop/{report}/"),
}
"""Pages of the other sites, and those that a bank shows to somebody else."""


OPERATED = {
    "operator_bank_list": "/operator/",
    "operator_bank_found": "/operator/?q=Bourgogne&status=archived",
    "operator_bank_not_found": "/operator/?q=nowhere",
    "operator_bank_create": "/operator/banks/new/",
    "operator_bank_prepared": "/operator/banks/{preparee}/",
    "operator_bank_active": "/operator/banks/{nouvelle}/",
    "operator_bank_exporting": "/operator/banks/{exportee}/",
    "operator_bank_failed": "/operator/banks/{echouee}/",
    "operator_bank_archived": "/operator/banks/{archivee}/",
    "operator_bank_erased": "/operator/banks/{effacee}/",
    "operator_bank_proof": "/operator/banks/{effacee}/proof/",
    "operator_bank_provision": "/operator/banks/{preparee}/provision/",
    "operator_bank_activate": "/operator/banks/{prete}/activate/",
    "operator_bank_rename": "/operator/banks/{echouee}/rename/",
    "operator_bank_export": "/operator/banks/{echouee}/export/",
    "operator_bank_suspend": "/operator/banks/{echouee}/suspend/",
    "operator_bank_resume": "/operator/banks/{suspendue}/resume/",
    "operator_bank_archive": "/operator/banks/{echouee}/archive/",
    "operator_bank_restore": "/operator/banks/{archivee}/restore/",
    "operator_bank_erase": "/operator/banks/{archivee}/erase/",
    "operator_outbox": "/operator/outbox/",
    "operator_people": "/accounts/people/",
    "operator_invitations": "/accounts/invitations/",
    "operator_invite": "/accounts/invitations/new/",
    "operator_person_reset": "/operator/people/reset/",
    "operator_bank_invite": "/operator/banks/{nouvelle}/invite/",
    "operator_account": "/accounts/",
    "operator_outbox_discard": "/operator/outbox/{parked}/discard/",
}
"""Pages of the operator of the platform: a bank of every state, and every act where it can be done."""
OTHER_SITES |= {name: (OPERATOR, path) for name, path in OPERATED.items()}
OTHER_SITES |= {name: (MANAGER, path) for name, path in MANAGED.items()}


def bank_routes() -> dict[str, tuple[Somebody, str]]:
    """Return who looks at each route of a bank's site, by name; paths still name no object."""
    elsewhere = ("accounts/", "enter/", "_styleguide/", "api/")
    routes = [route for route in routes_of("collecto.urls_tenant") if route.name not in NO_PAGE]
    return {
        route.name: (_audience_of(route.name), route.pattern)
        for route in routes
        if not route.pattern.startswith(elsewhere) and not route.name.startswith(NOT_PAGES)
    }


def _audience_of(name: str) -> Somebody:
    return next((who for start, who in FOR_OTHERS.items() if name.startswith(start)), MANAGER)


PAGES = {name: who for name, (who, _path) in {**bank_routes(), **OTHER_SITES}.items()}
"""Who looks at each page."""


def addresses_in_bank(keys: Mapping[str, Any]) -> dict[str, str]:
    """Return the path of each page of a bank; ``keys`` says what it is about, if it is not the first row."""
    shown = bank_routes()
    with in_bank():
        routes = [route for route in routes_of("collecto.urls_tenant") if route.name in shown]
        return {route.name: address_of(route, keys.get(route.name)) for route in routes}


def addresses_elsewhere() -> dict[str, str]:
    """Return the path of each page of the other sites, with a bank of every state."""
    with in_bank():
        report = signed(str(NOBODY), purpose=STOP)
    with in_platform(Purpose.TEST):
        offer = NetworkOffer.objects.filter(status=NetworkOfferStatus.ROUTED).earliest("pk")
        account = link_ensure(DonorAccount.objects.earliest("pk"))
        needy = FoodBank.objects.get(slug=BANK).pk
    token = offer.public_token
    known = {
        "word": declaration_word(account),
        "history": given_word(account),
        "token": token,
        "offer": offer.pk,
        "needy": needy,
        **banks_of_every_state(),
        "parked": work_set_aside(),
        "report": report,
        **notices_known(),
        **people_named(),
        **people_at_the_door(),
        "join": _letter_to_somebody(),
    }
    return {name: path.format(**known) for name, (_who, path) in OTHER_SITES.items()}


def notices_known() -> dict[str, Any]:
    """Let a public notice arrive that is understood, and one that is not; returns both."""
    with in_platform(Purpose.TEST):
        record_take(SAMPLE[0])
        record_take({"libelle": "sans numéro"})
        notice = RecallNotice.objects.earliest("pk")
        record = NoticeRecord.objects.filter(state=RecordState.UNREAD).earliest("pk")
    return {"notice": notice.pk, "record": record.pk}


def people_at_the_door() -> dict[str, Any]:
    """Let somebody be invited and a program come in; returns them, and a person of a charity."""
    manager, guest = hat_of(BANK, Role.MANAGER.value), hat_of(BANK, Role.PARTNER.value)
    with in_platform(Purpose.TEST):
        actor = acting(manager.user, Role.MANAGER)
        invitation = make_invitation(actor, manager.bank, email="attendue@example.org", language="fr")
        program, _secret = token_issue(user=manager.user, bank=manager.bank, label="Balance du quai")
    waiting = {"invitation": invitation.pk, "program": program.pk}
    return {**waiting, "guest": guest.user_id, "guest_hat": guest.pk}


def _letter_to_somebody() -> str:
    """Return the word of the last letter to somebody who has not answered yet."""
    with in_platform(Purpose.TEST):
        invitation = Invitation.objects.get(pk=people_named()["invitation"])
        word = word_of(invitation)
        invitation.save(update_fields=["digest"])
    return word


def charity() -> str:
    """Return the id of the charity whose order the pages show."""
    with in_bank():
        return str(Order.objects.earliest("pk").partner_id)
