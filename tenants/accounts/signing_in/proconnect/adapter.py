"""Who may come in with an identity from outside: people who were invited, found by their e-mail address."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render

from tenants.accounts.models import User
from tenants.accounts.signing_in.proconnect.client import ProConnect


class ProConnectAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Configured by the settings alone; makes no account."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Return the one application of the settings, none without an issuer; reads no row."""
        if not settings.PROCONNECT_ISSUER:
            return []
        return [
            SocialApp(
                provider=ProConnect.id,
                provider_id="proconnect",
                name="ProConnect",
                client_id=settings.PROCONNECT_CLIENT_ID,
                secret=settings.PROCONNECT_CLIENT_SECRET,
                settings={"server_url": settings.PROCONNECT_ISSUER},
            )
        ]

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> ProConnect:
        """Return the issuer.

        Raises:
            DoesNotExist: the settings name none.
        """
        return ProConnect(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the person; whoever was not invited gets a page that says what to do.

        Raises:
            ImmediateHttpResponse: the page.
        """
        if sociallogin.is_existing:
            return
        told = sociallogin.email_addresses
        verified = next((each.email for each in told if each.verified), "")
        person = User.objects.filter(email=verified.lower(), is_active=True).first() if verified else None
        if person is not None:
            sociallogin.connect(request, person)
            return
        shown = {"email": told[0].email if told else "", "is_verified": bool(verified)}
        page = render(request, "socialaccount/not_invited.html", shown, status=403)
        raise ImmediateHttpResponse(page)
