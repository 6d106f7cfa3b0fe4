"""Pages of the federation."""

from django.urls import include, path

urlpatterns = [
    path("", include("tenants.federation.urls")),
    path("network/", include("tenants.network.urls_federation")),
    path("reports/", include("tenants.federation.urls_reports")),
    path("accounts/", include("tenants.accounts.urls")),
    path("", include("collecto.demo.urls")),
]
handler500 = "collecto.refusals.broken"
