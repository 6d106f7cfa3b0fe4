"""Sign-in by a code sent by e-mail, and the choice of a language.

Passwords do not exist, so their pages do not either.
"""

from allauth.account import views
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView

from tenants.accounts.views import account_language, counted_requests

urlpatterns = [
    path(
        "login/",
        login_not_required(
            RedirectView.as_view(pattern_name="account_request_login_code", query_string=True)
        ),
        name="account_login",
    ),
    path("login/code/", counted_requests(views.request_login_code), name="account_request_login_code"),
    path("login/code/confirm/", views.confirm_login_code, name="account_confirm_login_code"),
    path("language/", account_language, name="account_language"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("confirm-email/", views.email_verification_sent, name="account_email_verification_sent"),
]
