"""What people type to prove who they are, and what they call their passkeys."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    SignupWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tenants.accounts.models import User
from tenants.accounts.signing_in.limits import is_first_use
from tenants.accounts.signing_in.sealing import NotSealed

NAME_MOST = 60


def code_field(label: Any, hint: Any = "", *, mode: str = "numeric") -> forms.CharField:
    """Return a field for a short code, which phones fill in by themselves."""
    attrs = {"autocomplete": "one-time-code", "inputmode": mode, "spellcheck": "false"}
    return forms.CharField(label=label, max_length=12, help_text=hint, widget=forms.TextInput(attrs))


@contextmanager
def sensible() -> Iterator[None]:
    """Refuse an answer that no browser gives: parts are missing or are not what they should be.

    Raises:
        ValidationError: the answer makes no sense.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ValidationError(_("This passkey was not accepted. Try again."), code="passkey_wrong") from error


class SecondFactorForm(forms.Form):
    """A code of an authenticator app, or a recovery code; ``authenticator`` is what it came from."""

    code = code_field(_("Code"), _("Six digits from your app, or one of your recovery codes."))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.authenticator: Authenticator | None = None

    def clean_code(self) -> str:
        """Refuse a code that none of the person's factors gives, or that was used before."""
        code = "".join(self.cleaned_data["code"].split()).replace("-", "")
        kept = Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN)
        for row in kept:
            if _is_right(row, code) and is_first_use(self.user, code):
                self.authenticator = row
                return code
        raise ValidationError(
            _("This code is not right, or is too old. Try the next one."), code="code_wrong"
        )


def _is_right(row: Authenticator, code: str) -> bool:
    """Tell whether a factor gives a code; one that no key of ours opens any more gives none."""
    try:
        return bool(row.wrap().validate_code(code))
    except NotSealed:
        return False


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app that has just been set up."""

    code = code_field(_("Code shown by the app"), _("Six digits; they change every 30 seconds."))


class PasskeyForm(SignupWebAuthnForm):  # type: ignore[misc]
    """A new passkey and its name."""

    name = forms.CharField(
        label=_("Name of this passkey"),
        max_length=NAME_MOST,
        required=False,
        help_text=_("For example: my phone, the computer of the office."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what no browser answers."""
        with sensible():
            cleaned: dict[str, Any] = super().clean()
        return cleaned


class TouchForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey shown by somebody who is known already."""

    def clean_credential(self) -> Authenticator:
        """Refuse what no browser answers."""
        with sensible():
            return super().clean_credential()


class PasskeySignInForm(LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey shown by somebody who is not known yet."""

    def clean_credential(self) -> Authenticator:
        """Refuse what no browser answers."""
        with sensible():
            return super().clean_credential()


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    name = forms.CharField(label=_("Name of this passkey"), max_length=NAME_MOST)


class MailedCodeForm(forms.Form):
    """The code that was sent to confirm a grave act."""

    code = code_field(_("Code"), mode="text")

    def __init__(self, *args: Any, is_right: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_right = is_right

    def clean_code(self) -> str:
        """Refuse another code than the one that was sent."""
        code = str(self.cleaned_data["code"])
        if not self._is_right(code):
            raise ValidationError(
                _("This is not the code that we sent, or it is too old."), code="code_wrong"
            )
        return code
