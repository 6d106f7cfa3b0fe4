"""Which routes of the three sites are looked at as pages, and why each of the others is not."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from tests.browser.pages import NO_PAGE, OTHER_SITES, Somebody, bank_routes
from tests.web.routes import Route, routes_of
from tests.web.sweeping import NOBODY, SITES
from tests.web.visits import NOT_PAGES

SHARED: Final = ("_styleguide/", "accounts/", "enter/", "reports/")
"""Routes that every site includes as they are: looked at on one, they are looked at."""
WALKED: Final = frozenset(
    {
        "account_address_code",
        "account_confirm",
        "account_confirm_login_code",
        "account_device_end",
        "account_proconnect_unlink",
        "account_second_factor",
        "mfa_deactivate_totp",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
    }
)
"""Pages that are reached only by doing something first: ``test_on_the_way`` walks there."""
LEADS_ON: Final = "leads to another page, whatever is asked"
TAKES: Final = "takes a form and leads to another page; its own page is the form's"
NO_PAGES: Final = {
    "account_language": TAKES,
    "account_login": LEADS_ON,
    "account_reauthenticate": LEADS_ON,
    "account_switch": TAKES,
    "accounts_invitation_resend": TAKES,
    "accounts_person_restore": TAKES,
    "demo_enter_as": LEADS_ON,
    "demo_enter_operator": LEADS_ON,
    "mfa_download_recovery_codes": "a text file",
    "mfa_index": LEADS_ON,
    "mfa_login_webauthn": "what the passkey script asks and sends; the page is that of signing in",
    "network_weekly_act": TAKES,
    "operator_export": "a file",
    "operator_outbox_retry": TAKES,
    "operator_step": "a part of the bank's sheet, asked for again while the step runs",
    "proconnect_callback": "where the issuer sends people back; it leads on, or to the page of the refusal",
    "proconnect_login": "leads to the issuer",
    "styleguide": "looked at by test_styleguide, in English",
    "styleguide_page": "looked at by test_styleguide, in English",
}
"""Routes that nobody looks at, each with its reason; data and papers are named in ``tests/web/visits.py``."""


def routes_to_look_at() -> Iterator[tuple[str, str]]:
    """Yield the site and the name of each named route; what all sites share has no site."""
    for site, urlconf in SITES.items():
        for route in routes_of(urlconf):
            yield _key(site, route)


def routes_looked_at() -> set[tuple[str, str]]:
    """Return the site and the name of each route that the inventory of pages opens."""
    keys = {
        site: {route.name: _key(site, route) for route in routes_of(conf)} for site, conf in SITES.items()
    }
    seen = {keys["bank"][name] for name in bank_routes()}
    for who, path in OTHER_SITES.values():
        site = _site_of(who)
        if name := _name_of(path, SITES[site]):
            seen.add(keys[site][name])
    return seen


def is_no_page(name: str) -> bool:
    """Tell whether a route is declared as nothing that people look at."""
    return name in NO_PAGES or name in NO_PAGE or name.startswith(NOT_PAGES)


def _key(site: str, route: Route) -> tuple[str, str]:
    return ("" if route.pattern.startswith(SHARED) else site, route.name)


def _site_of(who: Somebody) -> str:
    return {"": "public", "federation": "federation"}.get(who.place, "bank")


def _name_of(path: str, urlconf: str) -> str:
    """Return the name of the route behind a path that names its objects in braces, or an empty text."""
    for key in (str(NOBODY), "1"):
        try:
            return resolve(re.sub(r"\{\w+\}", key, urlsplit(path).path), urlconf=urlconf).url_name or ""
        except Resolver404:
            continue
    return ""
