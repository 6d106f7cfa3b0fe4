"""Pages of the public site."""

from django.urls import include, path

from collecto.styleguide import styleguide

urlpatterns = [
    path("_styleguide/", styleguide, name="styleguide"),
    path("_styleguide/<slug:page>/", styleguide, name="styleguide_page"),
    path("", include("tenants.network.urls_public")),
    path("operator/", include("tenants.accounts.urls_platform")),
    path("operator/", include("tenants.registry.urls")),
    path("accounts/", include("tenants.accounts.urls")),
    path("", include("collecto.demo.urls")),
]
handler500 = "collecto.refusals.broken"
