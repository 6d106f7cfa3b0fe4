"""The second factors that a person has: authenticator app, passkeys host by host, recovery codes."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

import segno
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenants.accounts.models import User
from tenants.accounts.signing_in.requirement import second_factor_of
from tenants.accounts.signing_in.sealing import NotSealed, opened, sealed, sealed_anew


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """How the library keeps and names second factors here."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not right, or is too old. Try again."),
        "cannot_delete_authenticator": _("Your role needs a second factor: add another one first."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a stored secret."""
        return opened(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """Return the picture that an authenticator app scans, without styles of its own."""
        kept = BytesIO()
        segno.make(url, error="m").save(kept, kind="svg", scale=5, border=4, light="white")
        return kept.getvalue().decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Return a first name for a passkey; its owner may change it."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Tell whether a second factor may go: the last one of whoever needs one stays."""
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        has_other = others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return bool(has_other or not second_factor_of(context.request).is_needed)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name the host that a passkey belongs to: it opens no other."""
        bank = getattr(context.request, "bank", None)
        return {"id": host_of(context.request), "name": bank.name if bank else "COLLECTO"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What a person can show on this host, and what they made elsewhere."""

    app: bool = False
    passkeys_here: int = 0
    passkeys_elsewhere: int = 0
    codes_left: int = 0

    @property
    def any(self) -> bool:
        """Tell whether the person has a second factor at all, even one that this host cannot ask for."""
        return self.app or bool(self.passkeys_here or self.passkeys_elsewhere)

    @property
    def takes_codes(self) -> bool:
        """Tell whether the person has codes to type: of an app, or recovery codes."""
        return self.app or self.codes_left > 0


def keep_under_present_key(row: Authenticator) -> None:
    """Seal a factor that was just shown anew, so that a former ``SECRET_KEY`` may go some day."""
    for name in ("secret", "seed"):
        if name in row.data:
            row.data[name] = sealed_anew(row.data[name])
    row.save(update_fields=["data"])


def host_of(request: HttpRequest) -> str:
    """Return the host of a request as passkeys know it."""
    return request.get_host().partition(":")[0]


def factors_of(user: User, host: str) -> Factors:
    """Return the second factors of a person, seen from a host."""
    kept = list(Authenticator.objects.filter(user=user))
    keys = [is_of(row, host) for row in kept if row.type == Authenticator.Type.WEBAUTHN]
    codes = [row for row in kept if row.type == Authenticator.Type.RECOVERY_CODES]
    return Factors(
        app=any(row.type == Authenticator.Type.TOTP for row in kept),
        passkeys_here=keys.count(True),
        passkeys_elsewhere=keys.count(False),
        codes_left=sum(_codes_left(row) for row in codes),
    )


def _codes_left(row: Authenticator) -> int:
    """Count the recovery codes that are left; none where no key opens them any more."""
    try:
        return len(row.wrap().get_unused_codes())
    except NotSealed:
        return 0


def has_second_factor(user: User) -> bool:
    """Tell whether a person has anything to show besides the code sent by e-mail, on any host."""
    return bool(Authenticator.objects.filter(user=user).exists())


def has_app(user: User) -> bool:
    """Tell whether a person has an authenticator app, which every host can ask for."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def has_passkey(user: User, host: str) -> bool:
    """Tell whether a person made a passkey on a host."""
    keys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return any(is_of(key, host) for key in keys)


def is_of(passkey: Any, host: str) -> bool:
    """Tell whether a passkey was made on a host: it holds the digest of its name."""
    return bool(passkey.wrap().authenticator_data.rp_id_hash == sha256(host.encode()).digest())
