"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.sites.views import letterhead, staff, staff_parts

urlpatterns: list[URLPattern] = [
    path("", staff.SiteList.as_view(), name="sites_site_list"),
    path("letterhead/", letterhead.letterhead, name="sites_letterhead"),
    path("letterhead/sample/", letterhead.letterhead_sample, name="sites_letterhead_sample"),
    path("new/", staff.SiteCreate.as_view(), name="sites_site_create"),
    path("<uuid:pk>/", staff.SiteDetail.as_view(), name="sites_site_detail"),
    path("<uuid:pk>/edit/", staff.SiteEdit.as_view(), name="sites_site_edit"),
    path("<uuid:pk>/archive/", staff.SiteArchive.as_view(), name="sites_site_archive"),
    path("<uuid:pk>/locations/new/", staff_parts.LocationCreate.as_view(), name="sites_location_create"),
    path("locations/<uuid:pk>/", staff_parts.LocationDetail.as_view(), name="sites_location_detail"),
    path("locations/<uuid:pk>/edit/", staff_parts.LocationEdit.as_view(), name="sites_location_edit"),
    path(
        "locations/<uuid:pk>/archive/", staff_parts.LocationArchive.as_view(), name="sites_location_archive"
    ),
    path("<uuid:pk>/vehicles/new/", staff_parts.VehicleCreate.as_view(), name="sites_vehicle_create"),
    path("vehicles/<uuid:pk>/", staff_parts.VehicleDetail.as_view(), name="sites_vehicle_detail"),
    path("vehicles/<uuid:pk>/edit/", staff_parts.VehicleEdit.as_view(), name="sites_vehicle_edit"),
    path("vehicles/<uuid:pk>/archive/", staff_parts.VehicleArchive.as_view(), name="sites_vehicle_archive"),
    path("<uuid:pk>/slots/new/", staff_parts.SlotCreate.as_view(), name="sites_slot_create"),
    path("slots/<uuid:pk>/edit/", staff_parts.SlotEdit.as_view(), name="sites_slot_edit"),
    path("slots/<uuid:pk>/remove/", staff_parts.SlotRemove.as_view(), name="sites_slot_remove"),
]
