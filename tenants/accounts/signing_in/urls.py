"""Ways to prove who one is, and what is kept of them.

The names that begin with ``mfa_`` are those that the library leads to.
"""

from collections.abc import Callable
from typing import Any

from django.urls import path
from django.views.generic import RedirectView

from tenants.accounts.signing_in.confirmation import confirmed
from tenants.accounts.signing_in.limits import counted_address
from tenants.accounts.signing_in.views import app, asked, confirm, hub, passkeys, sessions


def _form(view: Any) -> Callable[..., Any]:
    """Return a page of the library that is read and sent, never put: the library's own take both."""
    return view.as_view(http_method_names=["get", "head", "post", "options"])  # type: ignore[no-any-return]


urlpatterns = [
    path("", hub.hub, name="account_hub"),
    path("confirm/", confirm.confirm, name="account_confirm"),
    path("second-factor/", asked.second_factor, name="account_second_factor"),
    path("second-factor/app/", confirmed(asked.making(_form(app.AppAdd))), name="mfa_activate_totp"),
    path("second-factor/app/remove/", confirmed(_form(app.AppRemove)), name="mfa_deactivate_totp"),
    path(
        "second-factor/passkey/",
        confirmed(asked.making(_form(passkeys.PasskeyAdd))),
        name="mfa_add_webauthn",
    ),
    path("codes/", confirmed(_form(app.CodesShow)), name="mfa_view_recovery_codes"),
    path("codes/new/", confirmed(_form(app.CodesMake)), name="mfa_generate_recovery_codes"),
    path("codes/file/", confirmed(_form(app.CodesFetch)), name="mfa_download_recovery_codes"),
    path("passkeys/", passkeys.passkey_list, name="mfa_list_webauthn"),
    path("passkeys/offer/", passkeys.passkey_offer, name="account_passkey_offer"),
    path(
        "passkeys/sign-in/",
        counted_address("passkey-address")(_form(passkeys.PasskeySignIn)),
        name="mfa_login_webauthn",
    ),
    path("passkeys/<int:pk>/rename/", confirmed(_form(passkeys.PasskeyRename)), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", confirmed(_form(passkeys.PasskeyRemove)), name="mfa_remove_webauthn"),
    path("devices/", sessions.device_list, name="account_devices"),
    path("devices/others/", confirmed(sessions.device_end_others), name="account_device_end_others"),
    path("devices/<uuid:pk>/end/", confirmed(sessions.device_end), name="account_device_end"),
    path("mfa/", RedirectView.as_view(pattern_name="account_hub"), name="mfa_index"),
]
