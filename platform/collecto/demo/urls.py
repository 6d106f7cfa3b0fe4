"""Pages of the demonstration."""

from django.conf import settings
from django.urls import URLPattern, path

from collecto.demo.enter import enter, enter_as, enter_operator

urlpatterns: list[URLPattern] = (
    [
        path("enter/", enter, name="demo_enter"),
        path("enter/operator/", enter_operator, name="demo_enter_operator"),
        path("enter/<uuid:hat_id>/", enter_as, name="demo_enter_as"),
    ]
    if settings.DEMO
    else []
)
