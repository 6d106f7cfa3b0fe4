"""The lived-in network in a browser: each site on its host, each of its people one visit away."""

from collections import defaultdict
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Response

from apps.kernel.abilities import Role
from tenants.accounts.models import Membership
from tenants.crossing import Purpose, in_platform

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
"""Pixels of the window."""
AT_HAND = [pytest.param("phone"), pytest.param("desktop", marks=pytest.mark.slow)]
"""Who works on a telephone as well as at a desk: by default on the telephone."""
AT_A_DESK = [pytest.param("desktop"), pytest.param("phone", marks=pytest.mark.slow)]
"""Who works at a desk as well as on a telephone: by default at the desk."""
PATIENCE_MS = 10_000
LEFT = "net::ERR_ABORTED"
"""Said of what was on its way when its page was left, or was saved as a file."""
SAID_TWICE = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
"""Said of an answer that is heard anyway, or of what was on its way when its page was left."""


class Network:
    """Opens windows, and keeps what each of them complained about."""

    def __init__(self, browser: Browser, port: int) -> None:
        self.complaints: dict[Page, list[str]] = defaultdict(list)
        self._browser, self._port = browser, port

    def visit(self, host: str = "localhost", *, size: str = "desktop", **options: Any) -> Page:
        """Open the window of a stranger on a site; paths are relative to it."""
        width, height = SIZES[size]
        context = self._browser.new_context(
            base_url=f"http://{host}:{self._port}",
            viewport={"width": width, "height": height},
            has_touch=size == "phone",
            locale="fr-FR",
            timezone_id="Europe/Paris",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        self._listen(page)
        return page

    def enter(self, role: Role, *, member: str = "bourgogne", partner_id: Any = None, **options: Any) -> Page:
        """Open the window of the first person who holds a role in a member of the network."""
        with in_platform(Purpose.TEST):
            hats = Membership.objects.filter(bank__slug=member, role=role, ended_at__isnull=True)
            if partner_id is not None:
                hats = hats.filter(partner_id=partner_id)
            hat = hats.earliest("created_at")
        page = self.visit(f"{member}.localhost", **options)
        page.goto(f"/enter/{hat.pk}/")
        return page

    def operate(self, **options: Any) -> Page:
        """Open the window of the operator of the platform, on the list of banks."""
        page = self.visit(**options)
        page.goto("/enter/operator/")
        return page

    def close(self, page: Page) -> list[str]:
        """Close a window and return what it complained about."""
        page.context.close()
        return self.complaints.pop(page, [])

    def close_all(self) -> list[str]:
        """Close every window and return what they complained about."""
        return [complaint for page in list(self.complaints) for complaint in self.close(page)]

    def _listen(self, page: Page) -> None:
        """Keep what scripts and the security policy complain of, and what did not come, but for the page."""
        kept = self.complaints[page]

        def answered(response: Response) -> None:
            if response.status >= 400 and response.request.resource_type != "document":
                kept.append(f"{response.status} {response.url}")

        def failed(request: Request) -> None:
            if request.failure != LEFT:
                kept.append(f"{request.failure} {request.url}")

        page.on("response", answered)
        page.on("requestfailed", failed)
        page.on("pageerror", lambda error: kept.append(str(error)))
        page.on("console", lambda said: kept.append(said.text) if _is_error(said) else None)


def _is_error(said: Any) -> bool:
    return said.type == "error" and not said.text.startswith(SAID_TWICE)
