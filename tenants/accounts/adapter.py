"""How sign-in behaves: people are invited, nobody signs up by themselves."""

from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from tenants.accounts.middleware import SPACE, space_of
from tenants.accounts.models import User
from tenants.accounts.selectors import actor_in, hats_of
from tenants.accounts.signing_in.devices import Device, device_keep, device_of
from tenants.accounts.signing_in.events import event_keep
from tenants.accounts.signing_in.factors import has_app, has_passkey, has_second_factor, host_of
from tenants.accounts.signing_in.marks import is_proven, mark_confirmed, mark_proven
from tenants.accounts.signing_in.models import SignInAct
from tenants.accounts.signing_in.proconnect.marks import was_strong
from tenants.accounts.signing_in.requirement import is_guarded, is_required
from tenants.accounts.signing_in.sessions import session_leave, session_open
from tenants.isolation.throttle import address_of

TOLD: Final = {
    "mfa/email/totp_activated": SignInAct.APP_ADDED,
    "mfa/email/totp_deactivated": SignInAct.APP_REMOVED,
    "mfa/email/webauthn_added": SignInAct.PASSKEY_ADDED,
    "mfa/email/webauthn_removed": SignInAct.PASSKEY_REMOVED,
    "mfa/email/recovery_codes_generated": SignInAct.CODES_MADE,
    "socialaccount/email/account_connected": SignInAct.IDENTITY_ADDED,
    "socialaccount/email/account_disconnected": SignInAct.IDENTITY_REMOVED,
    "account/email/new_device": SignInAct.NEW_DEVICE,
}
"""What the library tells people by e-mail is kept as an event too."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes public sign-up, keeps sessions and devices; everything else is the library's own behaviour."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return no: accounts come from invitations."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return the steps of a sign-in: the second factor is asked by ``SecondFactorMiddleware``."""
        stages: list[str] = super().get_login_stages()
        return [stage for stage in stages if stage != "allauth.mfa.stages.AuthenticateStage"]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return no: ``confirmed`` stands before every grave act."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign a person in, on this host alone: the session names the space it was opened in."""
        super().login(request, user)
        bank = getattr(request, "bank", None)
        request.session[SPACE] = space_of(bank)
        if did_use_passwordless_login(request, user) or _came_with_two_factors(request, user):
            mark_proven(request.session)
        else:
            mark_confirmed(request.session, second_factor_due=has_app(user))
        session_open(request=request, user=user, bank=bank)

    def logout(self, request: HttpRequest) -> None:
        """Sign a person out, and take the session off their list."""
        session_leave(session=request.session)
        super().logout(request)

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Remember whether this is the very first time, when no device can be new."""
        request.is_first_sign_in = user.last_login is None  # type: ignore[attr-defined]
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponseBase:
        """Tell the person of a device that is new, remember it, and offer a passkey where there is none."""
        answer: HttpResponseBase = super().post_login(request, user, **kwargs)
        device = device_of(request)
        if not device.knows(user) and not getattr(request, "is_first_sign_in", False):
            self.send_notification_mail("account/email/new_device", user)
        if _may_be_offered_a_passkey(request, user, device):
            back = urlencode({REDIRECT_FIELD_NAME: answer.headers["Location"]})
            answer = HttpResponseRedirect(f"{reverse('account_passkey_offer')}?{back}")
        is_shown = is_proven(request.session)
        device_keep(request, answer, device.proven_by(user) if is_shown else device.with_person(user))
        return answer

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a letter in the language of who reads it: their own, or of a stranger the page's."""
        reader = User.objects.filter(email=email.lower()).first()
        with translation.override((reader and reader.language) or translation.get_language()):
            super().send_mail(template_prefix, email, context)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a person, in their language, what changed in how they sign in; keep that it did."""
        if template_prefix in TOLD:
            event_keep(user=user, act=TOLD[template_prefix], bank=getattr(self.request, "bank", None))
        with translation.override(user.language or translation.get_language()):
            super().send_notification_mail(
                template_prefix, user, {"person": user, **(context or {})}, email or user.email
            )

    def is_safe_url(self, url: str) -> bool:
        """Tell whether a page may lead there after it: to this host only, never to another bank's."""
        here = {context.request.get_host()}
        return url_has_allowed_host_and_scheme(url, allowed_hosts=here)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the library counts by: ours, which believes our own proxies alone."""
        return address_of(request)


def _came_with_two_factors(request: HttpRequest, user: User) -> bool:
    """Tell whether the issuer that has just recognised the person asked them two factors itself."""
    records = get_authentication_records(request, user)
    from_outside = bool(records) and records[-1]["method"] == "socialaccount"
    return from_outside and was_strong(request.session)


def _may_be_offered_a_passkey(request: HttpRequest, user: User, device: Device) -> bool:
    """Tell whether to offer a passkey: after a code, to whoever is asked for no second factor here.

    Whoever is asked for one is led to it anyway; whoever said *not now* on this device is left in peace. A
    person whom a factor protects on another site would have to show that one first.
    """
    records = get_authentication_records(request, user)
    if not records or records[-1]["method"] != "code" or device.was_declined_by(user):
        return False
    bank = getattr(request, "bank", None)
    hats = list(hats_of(user))
    actor = actor_in(user, bank, hats) if bank else None
    if actor is None or is_required(actor.roles) or has_app(user):
        return False
    if is_guarded(user, hats) and has_second_factor(user):
        return False
    return not has_passkey(user, host_of(request))
