"""Pages of the demonstration."""

from django.conf import settings
from django.urls import URLPattern, path

from collecto.demo.enter import enter, enter_as

urlpatterns: list[URLPattern] = (
    [
        path("enter/", enter, name="demo_enter"),
        path("enter/<uuid:hat_id>/", enter_as, name="demo_enter_as"),
    ]
    if settings.DEMO
    else []
)
