"""Sign-in by a code sent by e-mail or by a passkey, what is kept of it, and the choice of a language.

Passwords do not exist, so their pages do not either.
"""

from allauth.account import views
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from tenants.accounts.signing_in.limits import counted_address, counted_requests
from tenants.accounts.signing_in.proconnect.views import leaving
from tenants.accounts.signing_in.views.code import RequestCode
from tenants.accounts.views import account_language

urlpatterns = [
    path(
        "login/",
        login_not_required(
            RedirectView.as_view(pattern_name="account_request_login_code", query_string=True)
        ),
        name="account_login",
    ),
    path("login/code/", counted_requests(RequestCode.as_view()), name="account_request_login_code"),
    path(
        "login/code/confirm/",
        counted_address("code-address")(views.confirm_login_code),
        name="account_confirm_login_code",
    ),
    path("language/", account_language, name="account_language"),
    path("logout/", leaving(views.logout), name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path(
        "reauthenticate/",
        RedirectView.as_view(pattern_name="account_confirm", query_string=True),
        name="account_reauthenticate",
    ),
    path("confirm-email/", views.email_verification_sent, name="account_email_verification_sent"),
    path("proconnect/", include("tenants.accounts.signing_in.proconnect.urls")),
    path("", include("tenants.accounts.signing_in.urls")),
    path("", include("tenants.accounts.urls_people")),
]
