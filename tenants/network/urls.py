"""Pages of the network on a bank's own site."""

from django.urls import path

from tenants.network.views import staff

urlpatterns = [
    path("transfers/", staff.TransferList.as_view(), name="network_transfer_list"),
    path("transfers/<uuid:pk>/", staff.TransferDetail.as_view(), name="network_transfer_detail"),
    path("transfers/<uuid:pk>/accept/", staff.TransferAccept.as_view(), name="network_transfer_accept"),
    path("transfers/<uuid:pk>/decline/", staff.TransferDecline.as_view(), name="network_transfer_decline"),
    path("transfers/<uuid:pk>/cancel/", staff.TransferCancel.as_view(), name="network_transfer_cancel"),
    path("transfers/<uuid:pk>/ship/", staff.TransferShip.as_view(), name="network_transfer_ship"),
    path("transfers/<uuid:pk>/receive/", staff.TransferReceive.as_view(), name="network_transfer_receive"),
    path("lots/<uuid:lot_id>/propose/", staff.transfer_propose, name="network_transfer_propose"),
    path("offers/<uuid:step_id>/", staff.offer_trail, name="network_offer_trail"),
]
