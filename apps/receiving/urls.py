"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.receiving.views import dock, staff

urlpatterns: list[URLPattern] = [
    path("", staff.ReceiptList.as_view(), name="receiving_receipt_list"),
    path("new/", staff.ReceiptCreate.as_view(), name="receiving_receipt_create"),
    path("limits/", dock.limits, name="receiving_limit_list"),
    path("limits/<slug:code>/", dock.limit_edit, name="receiving_limit_edit"),
    path("<uuid:pk>/", staff.ReceiptDetail.as_view(), name="receiving_receipt_detail"),
    path("<uuid:pk>/control/", dock.receipt_control, name="receiving_receipt_control"),
    path("<uuid:pk>/cancel/", staff.ReceiptCancel.as_view(), name="receiving_receipt_cancel"),
    path("<uuid:pk>/note/", staff.receipt_note, name="receiving_receipt_note"),
]
