"""Every model, every writing view and every fact is spoken of by a test, or exempted with a reason."""

import re
from functools import lru_cache

import pytest
from django.conf import settings

from collecto.wiring import WIRING
from tenants.isolation.rights import models_of
from tests.architecture.sources import ROOT
from tests.web.routes import Route, routes_of

SITES = ("collecto.urls_tenant", "collecto.urls_public", "collecto.urls_federation")
EXEMPT = {
    "Domain": "read through the host of every request of every page test",
    "Territory": "read through `bank.territories`, where a bank is opened and where an offer is routed",
    "NetworkOfferLine": "made by `NewNetworkLine` and read through the offer's lines",
    "PickupLine": "made by `PickedUp` and read through the stop's lines",
}


@lru_cache
def texts() -> str:
    """Return everything the tests say, the inventories of routes left out."""
    inventories = {"routes.py", "sweeping.py", "test_coverage.py"}
    files = [path for path in (ROOT / "tests").rglob("*.py") if path.name not in inventories]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def is_spoken_of(name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", texts()) is not None


def own_models() -> list[str]:
    return [
        model.__name__
        for model in models_of(settings.INSTALLED_APPS)
        if model.__module__.startswith(("apps.", "tenants.")) and not model._meta.auto_created
    ]


def test_every_model_has_a_test():
    assert [name for name in own_models() if not is_spoken_of(name) and name not in EXEMPT] == []


def test_no_exemption_outlives_its_reason():
    assert set(EXEMPT) <= set(own_models())


def test_every_fact_has_a_test():
    assert [kind.__name__ for kind in WIRING if not is_spoken_of(kind.__name__)] == []


def is_posted_to(route: Route) -> bool:
    """Tell whether a test names the route, or the last words of its address."""
    last = [part for part in re.split(r"<[^>]+>/?", route.pattern) if part.strip("/")][-1:]
    return is_spoken_of(route.name) or any(part in texts() for part in last)


@pytest.mark.parametrize("site", SITES)
def test_every_view_that_writes_has_a_test(site):
    assert [
        route.name for route in routes_of(site) if route.door == "writes" and not is_posted_to(route)
    ] == []
