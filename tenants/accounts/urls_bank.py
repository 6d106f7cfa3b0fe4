"""Pages for the managers of a bank: who can do what, and the programs that come in."""

from django.urls import URLPattern, path

from tenants.accounts.views import programs
from tenants.accounts.views.rights import rights

urlpatterns: list[URLPattern] = [
    path("rights/", rights, name="accounts_rights"),
    path("programs/", programs.TokenList.as_view(), name="accounts_token_list"),
    path("programs/new/", programs.TokenCreate.as_view(), name="accounts_token_create"),
    path("programs/<uuid:pk>/revoke/", programs.TokenRevoke.as_view(), name="accounts_token_revoke"),
]
