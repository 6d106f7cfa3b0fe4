"""Pages of the stage."""

from django.urls import path

from apps.impact.views import staff

urlpatterns = [path("", staff.indicator_list, name="impact_indicator_list")]
