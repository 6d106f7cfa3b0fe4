"""Pages of one food bank, stage by stage."""

from django.urls import include, path

from apps.flow import FLOW
from collecto.home import home
from collecto.served import file_open
from collecto.styleguide import styleguide

urlpatterns = [
    path("", home, name="home"),
    path("_styleguide/", styleguide, name="styleguide"),
    path("_styleguide/<slug:page>/", styleguide, name="styleguide_page"),
    *(path(f"{stage}/", include(f"apps.{stage}.urls")) for stage in FLOW),
    path("files/<uuid:pk>/", file_open, name="file_open"),
    path("network/", include("tenants.network.urls")),
    path("accounts/", include("tenants.accounts.urls")),
    path("", include("collecto.demo.urls")),
    path("api/v1/", include("api.urls")),
]
handler500 = "collecto.refusals.broken"
