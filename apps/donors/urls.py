"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.donors.views import campaigns, staff

urlpatterns: list[URLPattern] = [
    path("", staff.DonorList.as_view(), name="donors_donor_list"),
    path("new/", staff.DonorCreate.as_view(), name="donors_donor_create"),
    path("campaigns/", campaigns.CampaignList.as_view(), name="donors_campaign_list"),
    path("campaigns/new/", campaigns.CampaignCreate.as_view(), name="donors_campaign_create"),
    path("campaigns/<uuid:pk>/", campaigns.CampaignDetail.as_view(), name="donors_campaign_detail"),
    path("campaigns/<uuid:pk>/edit/", campaigns.CampaignEdit.as_view(), name="donors_campaign_edit"),
    path("campaigns/<uuid:pk>/close/", campaigns.CampaignClose.as_view(), name="donors_campaign_archive"),
    path("<uuid:pk>/", staff.DonorDetail.as_view(), name="donors_donor_detail"),
    path("<uuid:pk>/edit/", staff.DonorEdit.as_view(), name="donors_donor_edit"),
    path("<uuid:pk>/archive/", staff.DonorArchive.as_view(), name="donors_donor_archive"),
]
