"""Pages of the public site."""

from django.urls import include, path

urlpatterns = [
    path("", include("tenants.network.urls_public")),
    path("accounts/", include("allauth.urls")),
]
