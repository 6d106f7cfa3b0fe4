"""Pages of the public site."""

from django.urls import path

from tenants.network.views import donor, public, weekly

urlpatterns = [
    path("", public.home, name="home"),
    path("banks/", public.bank_list, name="network_bank_list"),
    path("banks/find/", public.bank_find, name="network_bank_find"),
    path("give/", donor.offer_give, name="network_offer_give"),
    path("give/link/", donor.link_request, name="network_link_ask"),
    path("give/<str:word>/", donor.offer_give, name="network_offer_declare"),
    path("given/<str:word>/weekly/", weekly.weekly, name="network_weekly"),
    path("given/<str:word>/weekly/act/", weekly.weekly_act, name="network_weekly_act"),
    path("given/<str:word>/", weekly.given, name="network_given"),
    path("offers/<str:token>/", donor.offer_status, name="network_offer_status"),
    path("offers/<str:token>/withdraw/", donor.offer_take_back, name="network_offer_withdraw"),
]
