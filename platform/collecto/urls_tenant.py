"""Pages of one food bank, stage by stage."""

from django.urls import include, path

from apps.flow import FLOW
from collecto.home import home
from collecto.journal import journal
from collecto.search.views import search, search_photo
from collecto.served import file_open
from collecto.styleguide import styleguide

urlpatterns = [
    path("", home, name="home"),
    path("search/", search, name="search"),
    path("search/photo/", search_photo, name="search_photo"),
    path("_styleguide/", styleguide, name="styleguide"),
    path("_styleguide/<slug:page>/", styleguide, name="styleguide_page"),
    *(path(f"{stage}/", include(f"apps.{stage}.urls")) for stage in FLOW),
    path("jobs/", include("collecto.jobs")),
    path("journal/", journal, name="journal"),
    path("files/<uuid:pk>/", file_open, name="file_open"),
    path("network/", include("tenants.network.urls")),
    path("reports/", include("tenants.federation.urls_reports")),
    path("accounts/", include("tenants.accounts.urls")),
    path("accounts/", include("tenants.accounts.urls_bank")),
    path("", include("collecto.demo.urls")),
    path("api/v1/", include("api.urls")),
]
handler500 = "collecto.refusals.broken"
