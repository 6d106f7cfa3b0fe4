"""Pages of the network on the federation's site."""

from django.urls import path

from tenants.network.views import desk

urlpatterns = [
    path("offers/", desk.DeskList.as_view(), name="network_desk_list"),
    path("offers/<uuid:pk>/", desk.DeskDetail.as_view(), name="network_desk_detail"),
    path("offers/<uuid:pk>/place/", desk.DeskPlace.as_view(), name="network_desk_place"),
    path("offers/<uuid:pk>/end/", desk.DeskEnd.as_view(), name="network_desk_end"),
    path("routing/", desk.Policy.as_view(), name="network_policy"),
    path("needs/", desk.bank_need_list, name="network_bank_need_list"),
    path("needs/<uuid:pk>/", desk.NeedEdit.as_view(), name="network_bank_need_edit"),
]
