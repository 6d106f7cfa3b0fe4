"""Addresses of ProConnect; the issuer knows the callback of each host that uses it."""

from django.urls import path

from tenants.accounts.signing_in.confirmation import confirmed
from tenants.accounts.signing_in.proconnect import views

urlpatterns = [
    path("login/", views.proconnect_login, name="proconnect_login"),
    path("callback/", views.proconnect_callback, name="proconnect_callback"),
    path("unlink/", confirmed(views.unlink), name="account_proconnect_unlink"),
    path("cancelled/", views.cancelled, name="socialaccount_login_cancelled"),
]
