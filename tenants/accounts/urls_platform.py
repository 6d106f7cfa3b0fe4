"""Pages about people for the operator of the platform."""

from django.urls import URLPattern, path

from tenants.accounts.views.invitations import ManagerInvite
from tenants.accounts.views.resets import AnyFactorReset

urlpatterns: list[URLPattern] = [
    path("people/reset/", AnyFactorReset.as_view(), name="operator_person_reset"),
    path("banks/<uuid:pk>/invite/", ManagerInvite.as_view(), name="operator_bank_invite"),
]
