"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.delivery.views import days, notes, partner, picking, returns, staff

urlpatterns: list[URLPattern] = [
    path("picking/", picking.PickingIndex.as_view(), name="delivery_picking_list"),
    path("picking/<uuid:pk>/", picking.PickingDetail.as_view(), name="delivery_picking_detail"),
    path("picking/<uuid:pk>/sheet/", picking.PickingSheet.as_view(), name="delivery_picking_sheet"),
    path("picking/<uuid:pk>/handover/", picking.PickingHandover.as_view(), name="delivery_picking_handover"),
    path("notes/", staff.NoteList.as_view(), name="delivery_note_list"),
    path("notes/day/", days.DayPrint.as_view(), name="delivery_day_print"),
    path("notes/day/pdf/", days.DayPaper.as_view(), name="delivery_day_pdf"),
    path("notes/mine/", partner.OwnNoteList.as_view(), name="delivery_mine_list"),
    path("notes/<uuid:pk>/", notes.NoteDetail.as_view(), name="delivery_note_detail"),
    path("notes/<uuid:pk>/pdf/", notes.NotePaper.as_view(), name="delivery_note_pdf"),
    path("notes/<uuid:pk>/send/", notes.NoteMail.as_view(), name="delivery_note_send"),
    path("notes/<uuid:pk>/return/", returns.NoteReturn.as_view(), name="delivery_note_return"),
    path("rates/", staff.RateList.as_view(), name="delivery_rate_list"),
    path("rates/new/", staff.RateCreate.as_view(), name="delivery_rate_create"),
    path("rates/<uuid:pk>/", staff.RateDetail.as_view(), name="delivery_rate_detail"),
    path("rates/<uuid:pk>/edit/", staff.RateEdit.as_view(), name="delivery_rate_edit"),
]
