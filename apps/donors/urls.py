"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.donors.views import staff

urlpatterns: list[URLPattern] = [
    path("", staff.DonorList.as_view(), name="donors_donor_list"),
    path("new/", staff.DonorCreate.as_view(), name="donors_donor_create"),
    path("<uuid:pk>/", staff.DonorDetail.as_view(), name="donors_donor_detail"),
    path("<uuid:pk>/edit/", staff.DonorEdit.as_view(), name="donors_donor_edit"),
    path("<uuid:pk>/archive/", staff.DonorArchive.as_view(), name="donors_donor_archive"),
]
