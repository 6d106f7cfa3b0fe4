"""Pages of the stage."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
