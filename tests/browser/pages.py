"""The pages of the product: who looks at each, and where it is in the lived-in network."""

from dataclasses import dataclass

from apps.kernel.abilities import Role
from apps.orders.models import Order
from tenants.crossing import Purpose, in_platform
from tenants.network.links import declaration_word
from tenants.network.models import DonorAccount, NetworkOffer
from tenants.network.states import NetworkOfferStatus
from tests.browser.lives import banks_of_every_state, work_set_aside
from tests.browser.morning import (
    BANK,
    a_picked_order,
    a_stop_at,
    an_order_to_pick,
    goods_at_the_dock_from,
    in_bank,
)
from tests.web.routes import address_of, routes_of


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
    "file_open",
}
"""Addresses that only take a form, or that send a file."""
FOR_OTHERS = {
    "orders_mine": PARTNER,
    "delivery_mine": PARTNER,
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
    "public_offer": (PASSER_BY, "/offers/{token}/"),
    "public_take_back": (PASSER_BY, "/offers/{token}/withdraw/"),
    "public_enter": (PASSER_BY, "/enter/"),
    "public_not_found": (PASSER_BY, "/nowhere/"),
    "public_refused": (OPERATOR, "/operator/banks/{exportee}/erase/"),
    "sign_in": (STRANGER, "/accounts/login/code/"),
    "sign_out": (MANAGER, "/accounts/logout/"),
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
    "operator_outbox_discard": "/operator/outbox/{parked}/discard/",
}
"""Pages of the operator of the platform: a bank of every state, and every act where it can be done."""
OTHER_SITES |= {name: (OPERATOR, path) for name, path in OPERATED.items()}


def bank_routes() -> dict[str, tuple[Somebody, str]]:
    """Return who looks at each route of a bank's site, by name; paths still name no object."""
    elsewhere = ("accounts/", "enter/", "_styleguide/", "api/")
    routes = [route for route in routes_of("collecto.urls_tenant") if route.name not in NO_PAGE]
    return {
        route.name: (_audience_of(route.name), route.pattern)
        for route in routes
        if not route.pattern.startswith(elsewhere)
    }


def _audience_of(name: str) -> Somebody:
    return next((who for start, who in FOR_OTHERS.items() if name.startswith(start)), MANAGER)


PAGES = {name: who for name, (who, _path) in {**bank_routes(), **OTHER_SITES}.items()}
"""Who looks at each page."""


def addresses() -> dict[str, str]:
    """Return the path of each page; where something is to be done, it waits."""
    with in_bank():
        stop = a_stop_at("Crémerie des Halles")
        keys = {
            "rounds_drive_round": stop.round_id,
            "rounds_drive_stop": stop.pk,
            "rounds_drive_miss": stop.pk,
            "rounds_round_detail": stop.round_id,
            "receiving_receipt_control": goods_at_the_dock_from("Crémerie du Port").pk,
            "delivery_picking_detail": an_order_to_pick("Riz long").pk,
            "delivery_picking_handover": a_picked_order("Riz rond").pk,
        }
        routes = [route for route in routes_of("collecto.urls_tenant") if route.name in PAGES]
        inside = {route.name: address_of(route, keys.get(route.name)) for route in routes}
    with in_platform(Purpose.TEST):
        offer = NetworkOffer.objects.filter(status=NetworkOfferStatus.ROUTED).earliest("pk")
        word = declaration_word(DonorAccount.objects.earliest("pk"))
    token = offer.public_token
    known = {"word": word, "token": token, **banks_of_every_state(), "parked": work_set_aside()}
    outside = {name: path.format(**known) for name, (_who, path) in OTHER_SITES.items()}
    return inside | outside


def charity() -> str:
    """Return the id of the charity whose order the pages show."""
    with in_bank():
        return str(Order.objects.earliest("pk").partner_id)
