"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.offers.views import staff

urlpatterns: list[URLPattern] = [
    path("", staff.OfferList.as_view(), name="offers_offer_list"),
    path("new/", staff.OfferCreate.as_view(), name="offers_offer_create"),
    path("<uuid:pk>/", staff.OfferDetail.as_view(), name="offers_offer_detail"),
    path("<uuid:pk>/accept-all/", staff.OfferAcceptAll.as_view(), name="offers_offer_accept_all"),
    path("<uuid:pk>/accept/", staff.OfferAccept.as_view(), name="offers_offer_accept"),
    path("<uuid:pk>/decline/", staff.OfferDecline.as_view(), name="offers_offer_decline"),
    path("<uuid:pk>/withdraw/", staff.OfferWithdraw.as_view(), name="offers_offer_withdraw"),
]
