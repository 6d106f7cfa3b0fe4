"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.rounds.views import driver, staff

urlpatterns: list[URLPattern] = [
    path("", staff.RoundPlanning.as_view(), name="rounds_round_list"),
    path("new/", staff.RoundCreate.as_view(), name="rounds_round_create"),
    path("assign/", staff.stops_assign, name="rounds_stop_assign"),
    path("stops/<uuid:pk>/move/", staff.stop_move, name="rounds_stop_move"),
    path("drive/", driver.drive_day, name="rounds_drive_day"),
    path("drive/<uuid:pk>/", driver.drive_round, name="rounds_drive_round"),
    path("drive/stops/<uuid:pk>/", driver.drive_stop, name="rounds_drive_stop"),
    path("drive/stops/<uuid:pk>/nothing/", driver.drive_miss, name="rounds_drive_miss"),
    path("<uuid:pk>/", staff.RoundDetail.as_view(), name="rounds_round_detail"),
    path("<uuid:pk>/edit/", staff.RoundEdit.as_view(), name="rounds_round_edit"),
    path("<uuid:pk>/start/", staff.round_start, name="rounds_round_start"),
    path("<uuid:pk>/close/", staff.round_close, name="rounds_round_close"),
]
