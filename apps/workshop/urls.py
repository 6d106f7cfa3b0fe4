"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.workshop.views import staff

urlpatterns: list[URLPattern] = [
    path("", staff.BatchList.as_view(), name="workshop_batch_list"),
    path("new/", staff.BatchCreate.as_view(), name="workshop_batch_create"),
    path("lots/<uuid:pk>/freeze/", staff.LotFreeze.as_view(), name="workshop_lot_freeze"),
    path("<uuid:pk>/", staff.BatchDetail.as_view(), name="workshop_batch_detail"),
    path("<uuid:pk>/take/", staff.BatchTake.as_view(), name="workshop_batch_take"),
    path("<uuid:pk>/close/", staff.BatchClose.as_view(), name="workshop_batch_close"),
    path("<uuid:pk>/cancel/", staff.BatchCancel.as_view(), name="workshop_batch_cancel"),
    path("lines/<int:pk>/give-back/", staff.LineGiveBack.as_view(), name="workshop_line_give_back"),
]
