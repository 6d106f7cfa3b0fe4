"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.receiving.views import collections, dock, sorting, staff, weighing

urlpatterns: list[URLPattern] = [
    path("", staff.ReceiptList.as_view(), name="receiving_receipt_list"),
    path("new/", staff.ReceiptCreate.as_view(), name="receiving_receipt_create"),
    path("limits/", dock.limits, name="receiving_limit_list"),
    path("limits/<slug:code>/", dock.limit_edit, name="receiving_limit_edit"),
    path("collections/", collections.CollectionList.as_view(), name="receiving_collection_list"),
    path("collections/new/", collections.CollectionCreate.as_view(), name="receiving_collection_create"),
    path(
        "collections/<uuid:pk>/", collections.CollectionDetail.as_view(), name="receiving_collection_detail"
    ),
    path(
        "collections/<uuid:pk>/edit/", collections.CollectionEdit.as_view(), name="receiving_collection_edit"
    ),
    path(
        "collections/<uuid:pk>/archive/",
        collections.CollectionArchive.as_view(),
        name="receiving_collection_archive",
    ),
    path("collections/<uuid:pk>/totals/", collections.collection_totals, name="receiving_collection_totals"),
    path("collections/<uuid:pk>/weigh/", weighing.weigh_shops, name="receiving_collection_weigh"),
    path("collections/<uuid:pk>/sort/", sorting.collection_sort, name="receiving_collection_sort"),
    path(
        "collections/<uuid:pk>/shops/new/",
        collections.ShopCreate.as_view(),
        name="receiving_collection_shop_create",
    ),
    path("shops/<uuid:pk>/edit/", collections.ShopEdit.as_view(), name="receiving_shop_edit"),
    path("shops/<uuid:pk>/weigh/", weighing.weigh_shop, name="receiving_shop_weigh"),
    path("weighings/<uuid:pk>/undo/", weighing.weighing_undo, name="receiving_weighing_undo"),
    path("containers/", collections.ContainerList.as_view(), name="receiving_container_list"),
    path("containers/new/", collections.ContainerCreate.as_view(), name="receiving_container_create"),
    path("containers/<uuid:pk>/edit/", collections.ContainerEdit.as_view(), name="receiving_container_edit"),
    path(
        "containers/<uuid:pk>/archive/",
        collections.ContainerArchive.as_view(),
        name="receiving_container_archive",
    ),
    path("<uuid:pk>/", staff.ReceiptDetail.as_view(), name="receiving_receipt_detail"),
    path("<uuid:pk>/control/", dock.receipt_control, name="receiving_receipt_control"),
    path("<uuid:pk>/cancel/", staff.ReceiptCancel.as_view(), name="receiving_receipt_cancel"),
    path("<uuid:pk>/photo/", staff.ReceiptPhoto.as_view(), name="receiving_receipt_photo"),
    path("<uuid:pk>/note/", staff.receipt_note, name="receiving_receipt_note"),
    path("<uuid:pk>/pdf/", staff.ReceiptPaper.as_view(), name="receiving_receipt_pdf"),
]
