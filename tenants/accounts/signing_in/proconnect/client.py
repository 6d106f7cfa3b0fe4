"""What we ask of the issuer: who this person is, and that they leave it too when they leave us."""

from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from requests import RequestException

from tenants.accounts.signing_in.proconnect.marks import mark_recognised
from tenants.accounts.signing_in.proconnect.tokens import NotBelieved, claims_of, nonce_of


class ProConnectClient(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Fetches identities; unlike the library it checks every signature, and reads a signed userinfo."""

    _verifier = ""

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Return the address on this host to which the issuer sends the person back."""
        return str(request.build_absolute_uri(reverse("proconnect_callback")))

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> Any:
        """Exchange the code; keep the secret from which the nonce was made."""
        self._verifier = pkce_code_verifier or ""
        return super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Return who the issuer says this is.

        Raises:
            OAuth2Error: what it says is not believed.
        """
        id_token = str(kwargs["response"].get("id_token", ""))
        try:
            identity = self._believed(id_token)
            person = self._believed(self._userinfo(token.token))
            self._agree(identity, person)
        except NotBelieved as error:
            raise OAuth2Error(str(error)) from error
        strong = identity.get("acr") in settings.PROCONNECT_STRONG_ACR
        mark_recognised(request.session, id_token=id_token, strong=strong)
        return self.get_provider().sociallogin_from_response(request, {"userinfo": person})

    def _believed(self, word: str) -> dict[str, Any]:
        told = self.openid_config
        if told["issuer"] != settings.PROCONNECT_ISSUER:
            raise NotBelieved("another issuer")
        keys = self._fetched(told["jwks_uri"]).json()
        return claims_of(word, keys=keys, issuer=told["issuer"], audience=settings.PROCONNECT_CLIENT_ID)

    def _agree(self, identity: dict[str, Any], person: dict[str, Any]) -> None:
        """Refuse an identity that another browser asked for, or a userinfo about somebody else.

        Raises:
            NotBelieved: they do not agree.
        """
        if identity.get("nonce") != nonce_of(self._verifier):
            raise NotBelieved("another browser's nonce")
        if identity["sub"] != person["sub"]:
            raise NotBelieved("about somebody else")

    def _userinfo(self, access_token: str) -> str:
        return str(self._fetched(self.profile_url, Authorization=f"Bearer {access_token}").text)

    def _fetched(self, address: str, **headers: str) -> Any:
        with get_adapter().get_requests_session() as session:
            answer = session.get(address, headers=headers)
            answer.raise_for_status()
        return answer


class ProConnect(OpenIDConnectProvider):  # type: ignore[misc]
    """The issuer as the library sees it: one application, told by the settings."""

    oauth2_adapter_class = ProConnectClient

    def get_callback_url(self) -> str:
        """Return the path to which the issuer sends people back."""
        return reverse("proconnect_callback")

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        """Return where signing in with it begins."""
        return reverse("proconnect_login")

    def get_pkce_params(self) -> dict[str, str]:
        """Return the challenge of a new sign-in, and the nonce that goes with it."""
        made = generate_code_challenge()
        challenge = made["code_challenge"]
        text = challenge.decode() if isinstance(challenge, bytes) else challenge
        return {**made, "code_challenge": text, "nonce": nonce_of(made["code_verifier"])}

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Return where to go afterwards; nothing else of the address is believed."""
        asked = super().get_redirect_from_request_kwargs(request)
        return {"process": "login", "next_url": asked.get("next_url")}

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        """Keep nothing of what the issuer told: who it is stays in the person's own file."""
        return {}


def leaving_address(request: HttpRequest, *, id_token: str) -> str:
    """Return where a person leaves the issuer too; empty when it cannot be told now."""
    client = ProConnectClient(request, "proconnect")
    try:
        address = client.openid_config.get("end_session_endpoint", "")
    except RequestException:
        return ""
    back = request.build_absolute_uri(reverse("account_login"))
    asked = urlencode({"id_token_hint": id_token, "post_logout_redirect_uri": back, "state": "left"})
    return f"{address}?{asked}" if address else ""
